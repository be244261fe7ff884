{# Average amount per unit counted; null if the count is 0. #}
{% macro average_amount(amount, counted) -%}
    cast({{ divide_half_up(amount, counted, 2) }} as numeric(18, 2))
{%- endmacro %}
