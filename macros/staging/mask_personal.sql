{# Text with e-mail addresses and telephone numbers struck out. #}
{% macro mask_personal(text) -%}
    case
        when {{ text }} like '%@%' or {{ contains_match(text, phone_pattern()) }}
            then regexp_replace(regexp_replace({{ text }}, '{{ email_pattern() }}', '***', 'g'), '{{ phone_pattern() }}', '***', 'g')
        else {{ text }}
    end
{%- endmacro %}
