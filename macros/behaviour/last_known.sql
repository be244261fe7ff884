{# In a group of events, the value of the latest one that has it; events of one moment go by their key. #}
{% macro last_known(value) -%}
    {{ return(adapter.dispatch('last_known')(value)) }}
{%- endmacro %}

{% macro default__last_known(value) -%}
    (array_agg({{ value }} order by occurred_at desc, {{ byte_order('event_key') }} desc) filter (where {{ value }} is not null))[1]
{%- endmacro %}

{% macro duckdb__last_known(value) -%}
    arg_max({{ value }}, row(occurred_at, event_key))
{%- endmacro %}

{% macro spark__last_known(value) -%}
    max_by({{ value }}, struct(occurred_at, event_key)) filter (where {{ value }} is not null)
{%- endmacro %}
