{# Text with e-mail addresses and telephone numbers struck out. #}
{% macro mask_personal(text) -%}
    case
        when {{ text }} like '%@%' or {{ contains_match(text, phone_pattern()) }}
            then {{ replace_matches(replace_matches(text, email_pattern(), '***'), phone_pattern(), '***') }}
        else {{ text }}
    end
{%- endmacro %}
