{# 1 (Monday) to 7 (Sunday). #}
{% macro weekday_number(column) -%}
    {{ return(adapter.dispatch('weekday_number')(column)) }}
{%- endmacro %}

{% macro default__weekday_number(column) -%}
    extract(isodow from {{ column }})
{%- endmacro %}

{% macro spark__weekday_number(column) -%}
    (weekday({{ column }}) + 1)
{%- endmacro %}
