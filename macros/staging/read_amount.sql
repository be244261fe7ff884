{# An optional amount: a negative one is no amount. #}
{% macro read_amount(column) -%}
    case when {{ read_decimal(column) }} >= 0 then {{ read_decimal(column) }} end
{%- endmacro %}
