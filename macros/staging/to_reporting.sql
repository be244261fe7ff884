{# An amount of at most four decimals in the reporting currency, rounded to cents. Most orders are in it already, and
   rounding a product takes longer. #}
{% macro to_reporting(amount) -%}
    case
        when exchange_rate = 1 then {{ to_cents(amount) }}
        else cast(round(cast({{ amount }} as numeric(38, 4)) * cast(exchange_rate as numeric(18, 8)), 2) as numeric(18, 2))
    end
{%- endmacro %}
