{# Money per something counted, null where nothing is counted. #}
{% macro average_amount(amount, counted) -%}
    cast({{ divide_half_up(amount, counted, 2) }} as numeric(18, 2))
{%- endmacro %}
