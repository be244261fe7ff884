{# Money per something counted, null where nothing is counted. #}
{% macro mean_amount(amount, counted) -%}
    cast({{ exact_ratio(amount, counted, 2) }} as numeric(18, 2))
{%- endmacro %}
