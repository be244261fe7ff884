{# In a group of events, the value of the earliest one that has it; events of one moment go by their key. #}
{% macro first_known(value) -%}
    {{ return(adapter.dispatch('first_known')(value)) }}
{%- endmacro %}

{% macro default__first_known(value) -%}
    (array_agg({{ value }} order by occurred_at, {{ byte_order('event_key') }}) filter (where {{ value }} is not null))[1]
{%- endmacro %}

{% macro duckdb__first_known(value) -%}
    arg_min({{ value }}, row(occurred_at, event_key))
{%- endmacro %}

{% macro spark__first_known(value) -%}
    min_by({{ value }}, struct(occurred_at, event_key)) filter (where {{ value }} is not null)
{%- endmacro %}
