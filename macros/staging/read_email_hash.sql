{# SHA-256 of an email address in lower case. is_known: null for a text without @ and for a value of the seed placeholder_ids. #}
{% macro read_email_hash(column, is_known=false) -%}
    {%- set address = 'lower(' ~ read_text(column) ~ ')' -%}
    {%- if is_known -%}
        case
            when {{ address }} in (select lower(placeholders.placeholder) from {{ ref('placeholder_ids') }} as placeholders) then null
            when {{ address }} like '%@%' then {{ adapter.dispatch('read_email_hash')(address) }}
        end
    {%- else -%} {{ return(adapter.dispatch('read_email_hash')(address)) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__read_email_hash(address) -%}
    encode(sha256(convert_to({{ address }}, 'UTF8')), 'hex')
{%- endmacro %}

{% macro duckdb__read_email_hash(address) -%}
    sha256({{ address }})
{%- endmacro %}

{% macro spark__read_email_hash(address) -%}
    sha2({{ address }}, 256)
{%- endmacro %}
