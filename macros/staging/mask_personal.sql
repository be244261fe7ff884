{# Text with email addresses and phone numbers masked. #}
{% macro mask_personal(text) -%}
    case
        when {{ holds_contact(text) }}
            then {{ replace_matches(replace_matches(text, pattern('email'), '***'), pattern('phone'), '***') }}
        else {{ text }}
    end
{%- endmacro %}
