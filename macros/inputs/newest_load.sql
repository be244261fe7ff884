{# The newest time at which rows of an input were loaded. An input that tells none is as new as the question. #}
{% macro newest_load(input) -%}
    select coalesce(max(loaded_at), cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp))
    from (select {{ read_timestamp('loaded_at') }} as loaded_at from {{ input }}) as loads
    where {{ is_possible_time('loaded_at') }}
{%- endmacro %}
