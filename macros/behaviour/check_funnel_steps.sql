{# Raises an error if a step of the var funnels is not an event of the seed event_mapping. #}
{% macro check_funnel_steps() -%}
    {%- set mapping = load_relation(ref('event_mapping')) if execute and flags.WHICH in ['build', 'run', 'compile'] else none -%}
    {%- if mapping -%}
        {%- set events = run_query('select distinct event from ' ~ mapping ~ ' order by event').columns[0].values() | list -%}
        {%- for funnel in funnels() -%}
            {%- for step in funnel.steps if step != 'visit' and step not in events -%}
                {{ exceptions.raise_compiler_error(
                    "var funnels, funnel " ~ funnel.name ~ ": '" ~ step ~ "' is not a known event. Known events: visit, " ~ events | join(', ')
                    ~ "; to use any other event, add a row to seeds/config/event_mapping.csv"
                ) }}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
