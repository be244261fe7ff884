{# Id other than the keys that read_id reads. Some shops use email addresses or phone numbers as account ids: an id that is personal
   data as a whole, or contains an email address, is replaced by a stable pseudonym; other ids are unchanged.
   is_known: null for a value of the seed placeholder_ids, which base models read, but neither the input views nor the command check.
   A seed cannot hold the text null on every warehouse. #}
{% macro read_person_id(column, is_known=false) -%}
    {%- set id = read_text(column) -%}
    case
        {%- if is_known %}
        when
            lower({{ id }}) in (
                select lower(placeholders.placeholder) from {{ ref('placeholder_ids') }} as placeholders
                union all
                select 'null'
            )
            then null
        {%- endif %}
        when {{ mask_personal(id) }} = '***' then 'person:' || substr({{ read_email_hash(column) }}, 1, 32)
        else {{ read_id(column) }}
    end
{%- endmacro %}
