{# Whether a text contains an email address or a phone number; is_whole: the phone number must be the whole text. #}
{% macro holds_contact(text, is_whole=false) -%}
    {%- if is_whole -%}
    {#- every phone number has a 1 or a plus sign, and checking for these first is faster than the pattern -#}
    ({{ text }} like '%@%' or (({{ text }} like '%1%' or {{ text }} like '%+%') and {{ regexp_full_match(text, pattern('phone')) }}))
    {%- else -%}
    {{ return(adapter.dispatch('contains_contact')(text)) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__contains_contact(text) -%}
    ({{ text }} like '%@%' or (({{ text }} like '%1%' or {{ text }} like '%+%') and {{ text }} ~ '{{ pattern("phone") }}'))
{%- endmacro %}

{# DuckDB evaluates regexp_replace once per distinct value of a column chunk, but regexp_matches, and any combination with and
   or or, once per row. #}
{% macro duckdb__contains_contact(text) -%}
    (regexp_replace({{ text }}, '@|{{ pattern("phone") }}', '') <> {{ text }})
{%- endmacro %}

{% macro spark__contains_contact(text) -%}
    ({{ text }} like '%@%' or (({{ text }} like '%1%' or {{ text }} like '%+%') and {{ text }} rlike '{{ pattern("phone") }}'))
{%- endmacro %}
