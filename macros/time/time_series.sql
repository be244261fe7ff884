{# Series of timestamps in steps of a unit (hour, day, week, month), one row each, for use in a select list. #}
{% macro time_series(first, last, unit) -%}
    {{ return(adapter.dispatch('time_series')(first, last, unit)) }}
{%- endmacro %}

{% macro default__time_series(first, last, unit) -%}
    generate_series({{ first }}, {{ last }}, interval '1 {{ unit }}')
{%- endmacro %}

{% macro duckdb__time_series(first, last, unit) -%}
    unnest(generate_series({{ first }}, {{ last }}, interval '1' {{ unit }}))
{%- endmacro %}

{% macro spark__time_series(first, last, unit) -%}
    explode(sequence({{ first }}, {{ last }}, interval '1' {{ unit }}))
{%- endmacro %}
