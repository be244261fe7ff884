{# A describing word (city, gender, ...); one that holds an e-mail address or telephone number is not taken over. #}
{% macro read_word(column) -%}
    case
        when {{ read_text(column) }} like '%@%' or {{ contains_match(read_text(column), phone_pattern()) }} then null
        else {{ read_text(column) }}
    end
{%- endmacro %}
