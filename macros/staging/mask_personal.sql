{# Text with e-mail addresses and telephone numbers struck out. #}
{% macro mask_personal(text) -%}
    regexp_replace(regexp_replace({{ text }}, '{{ email_pattern() }}', '***', 'g'), '{{ phone_pattern() }}', '***', 'g')
{%- endmacro %}
