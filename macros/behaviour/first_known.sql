{# Aggregate: the first non-null value in a group of events, by event_number; with is_last, the last one. #}
{% macro first_known(value, is_last=false) -%}
    {{ return(adapter.dispatch('first_known')(value, is_last)) }}
{%- endmacro %}

{% macro default__first_known(value, is_last) -%}
    (array_agg({{ value }} order by event_number {{- ' desc' if is_last }}) filter (where {{ value }} is not null))[1]
{%- endmacro %}

{% macro duckdb__first_known(value, is_last) -%}
    {{ 'arg_max' if is_last else 'arg_min' }}({{ value }}, event_number)
{%- endmacro %}

{% macro spark__first_known(value, is_last) -%}
    {{ 'max_by' if is_last else 'min_by' }}({{ value }}, event_number) filter (where {{ value }} is not null)
{%- endmacro %}
