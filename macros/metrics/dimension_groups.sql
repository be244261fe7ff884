{# To group by: the keys alone, and the keys with each dimension. No dimension may be null. #}
{% macro dimension_groups(keys, dimensions) -%}
    grouping sets (({{ keys }}){% for dimension in dimensions %}, ({{ keys }}, {{ dimension }}){% endfor %})
{%- endmacro %}
