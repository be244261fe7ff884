{# Whether the whole text matches the pattern. #}
{% macro regexp_full_match(text, pattern) -%}
    {{ return(adapter.dispatch('regexp_full_match')(text, pattern)) }}
{%- endmacro %}

{% macro default__regexp_full_match(text, pattern) -%}
    {{ text }} ~ '^({{ pattern }})$'
{%- endmacro %}

{% macro duckdb__regexp_full_match(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}

{# In Java patterns, $ also matches before a line end. In texts, Spark reads a backslash as an escape. #}
{% macro spark__regexp_full_match(text, pattern) -%}
    {{ text }} rlike '^({{ pattern | replace("\\", "\\\\") }})\\z'
{%- endmacro %}
