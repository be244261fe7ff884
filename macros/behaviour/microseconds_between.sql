{# Exact microseconds from one timestamp to a later one. #}
{% macro microseconds_between(start, end) -%}
    {{ return(adapter.dispatch('microseconds_between')(start, end)) }}
{%- endmacro %}

{% macro default__microseconds_between(start, end) -%}
    cast(extract(epoch from ({{ end }} - {{ start }})) * 1000000 as bigint)
{%- endmacro %}

{% macro duckdb__microseconds_between(start, end) -%}
    (epoch_us({{ end }}) - epoch_us({{ start }}))
{%- endmacro %}

{% macro spark__microseconds_between(start, end) -%}
    (unix_micros({{ end }}) - unix_micros({{ start }}))
{%- endmacro %}
