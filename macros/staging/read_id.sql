{# Id; an email address is replaced by a stable pseudonym. #}
{% macro read_id(column) -%}
    case
        when {{ read_text(column) }} like '%@%' then 'person:' || substr({{ read_email_hash(column) }}, 1, 32)
        else {{ read_text(column) }}
    end
{%- endmacro %}
