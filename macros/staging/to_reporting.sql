{# An amount in the reporting currency, rounded to cents. #}
{% macro to_reporting(column) -%}
    cast(round(
        cast({{ column }} as numeric(38, 4)) * cast(exchange_rate as numeric(18, 8)), 2
    ) as numeric(18, 2))
{%- endmacro %}
