{# Whether the whole text fits the pattern. #}
{% macro matches(text, pattern) -%}
    {{ return(adapter.dispatch('matches')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches(text, pattern) -%}
    {{ text }} ~ '^({{ pattern }})$'
{%- endmacro %}

{% macro duckdb__matches(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}

{# In Java's patterns $ would also stand before a line end. #}
{% macro spark__matches(text, pattern) -%}
    {{ text }} rlike '^({{ pattern }})\\z'
{%- endmacro %}
