{# Descriptive attribute (city, gender, ...); null if it contains an email address or phone number. #}
{% macro read_word(column) -%}
    case when not {{ holds_contact(read_text(column)) }} then {{ read_text(column) }} end
{%- endmacro %}
