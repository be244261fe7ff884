{# Whether a part of the text fits the pattern. #}
{% macro contains_match(text, pattern) -%}
    {{ return(adapter.dispatch('contains_match')(text, pattern)) }}
{%- endmacro %}

{% macro default__contains_match(text, pattern) -%}
    {{ text }} ~ '{{ pattern }}'
{%- endmacro %}

{% macro duckdb__contains_match(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__contains_match(text, pattern) -%}
    {{ text }} rlike '{{ pattern }}'
{%- endmacro %}
