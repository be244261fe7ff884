{# Grouping sets of the keys alone and of the keys with each dimension. A null dimension would look like the overall row. #}
{% macro dimension_groups(keys, dimensions) -%}
    grouping sets (({{ keys }}){% for dimension in dimensions %}, ({{ keys }}, {{ dimension }}){% endfor %})
{%- endmacro %}
