{# Some shops use e-mail addresses or telephone numbers as account ids: those become stable pseudonyms, all other ids stay. #}
{% macro read_person_id(column) -%}
    case
        when {{ holds_contact(read_text(column), is_whole=true) }} then 'person:' || substr({{ read_email_hash(column) }}, 1, 32)
        else {{ read_text(column) }}
    end
{%- endmacro %}
