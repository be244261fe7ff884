{# Some shops use email addresses or phone numbers as account ids: these are replaced by stable pseudonyms, other ids are unchanged. #}
{% macro read_person_id(column) -%}
    case
        when {{ holds_contact(read_text(column), is_whole=true) }} then 'person:' || substr({{ read_email_hash(column) }}, 1, 32)
        else {{ read_text(column) }}
    end
{%- endmacro %}
