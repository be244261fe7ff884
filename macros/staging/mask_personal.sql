{# Text with e-mail addresses and telephone numbers struck out. #}
{% macro mask_personal(text) -%}
    case
        when {{ holds_contact(text) }}
            then {{ replace_matches(replace_matches(text, pattern('email'), '***'), pattern('phone'), '***') }}
        else {{ text }}
    end
{%- endmacro %}
