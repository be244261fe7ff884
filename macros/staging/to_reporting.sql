{# Amount with at most four decimals, converted to the reporting currency and rounded to cents. Most orders are already in it, and
   rounding without a multiplication is faster. #}
{% macro to_reporting(amount) -%}
    case
        when exchange_rate = 1 then {{ to_cents(amount) }}
        else cast(round(cast({{ amount }} as numeric(38, 4)) * cast(exchange_rate as numeric(18, 8)), 2) as numeric(18, 2))
    end
{%- endmacro %}
