{% macro read_email_hash(column) -%}
    {{ return(adapter.dispatch('read_email_hash')(column)) }}
{%- endmacro %}

{% macro default__read_email_hash(column) -%}
    encode(sha256(convert_to(lower({{ read_text(column) }}), 'UTF8')), 'hex')
{%- endmacro %}

{% macro duckdb__read_email_hash(column) -%}
    sha256(lower({{ read_text(column) }}))
{%- endmacro %}

{% macro spark__read_email_hash(column) -%}
    sha2(lower({{ read_text(column) }}), 256)
{%- endmacro %}
