{# How word seeds write their words: lower case, blanks and hyphens as underscores. #}
{% macro word_key(column) -%}
    replace(replace(lower({{ column }}), ' ', '_'), '-', '_')
{%- endmacro %}
