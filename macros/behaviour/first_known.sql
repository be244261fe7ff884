{# In a group of events, the value of the earliest one that has it, by event_number. #}
{% macro first_known(value) -%}
    {{ return(adapter.dispatch('first_known')(value)) }}
{%- endmacro %}

{% macro default__first_known(value) -%}
    (array_agg({{ value }} order by event_number) filter (where {{ value }} is not null))[1]
{%- endmacro %}

{% macro duckdb__first_known(value) -%}
    arg_min({{ value }}, event_number)
{%- endmacro %}

{% macro spark__first_known(value) -%}
    min_by({{ value }}, event_number) filter (where {{ value }} is not null)
{%- endmacro %}
