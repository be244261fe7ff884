{# Value as written in the mapping seeds: lower case, spaces and hyphens as underscores. #}
{% macro word_key(column) -%}
    replace(replace(lower({{ column }}), ' ', '_'), '-', '_')
{%- endmacro %}
