{# In a group of events, the value of the latest one that has it, by event_number. #}
{% macro last_known(value) -%}
    {{ return(adapter.dispatch('last_known')(value)) }}
{%- endmacro %}

{% macro default__last_known(value) -%}
    (array_agg({{ value }} order by event_number desc) filter (where {{ value }} is not null))[1]
{%- endmacro %}

{% macro duckdb__last_known(value) -%}
    arg_max({{ value }}, event_number)
{%- endmacro %}

{% macro spark__last_known(value) -%}
    max_by({{ value }}, event_number) filter (where {{ value }} is not null)
{%- endmacro %}
