{# A describing word (city, gender, ...); one that holds an e-mail address or telephone number is not taken over. #}
{% macro read_word(column) -%}
    case when not {{ holds_contact(read_text(column)) }} then {{ read_text(column) }} end
{%- endmacro %}
