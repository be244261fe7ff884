{# The newest time at which rows of an input were loaded. An input that tells none is as new as the question. #}
{% macro newest_load(input) -%}
    select coalesce(
        max({{ read_possible_time('loaded_at') }}), cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
    )
    from {{ input }}
{%- endmacro %}
