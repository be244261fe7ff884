{# Exact median of whole numbers (n.0 or n.5). #}
{% macro median(column) -%}
    cast(percentile_cont(0.5) within group (order by {{ column }}) as numeric(18, 6))
{%- endmacro %}
