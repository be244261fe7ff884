{# Descriptive attribute (city, gender, ...); null if it contains personal data. #}
{% macro read_word(column) -%}
    {{ mask_personal(read_text(column), is_word=true) }}
{%- endmacro %}
