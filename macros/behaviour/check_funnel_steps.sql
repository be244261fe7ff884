{# Raises an error if a step of the var funnels is not an event of the seed event_words. #}
{% macro check_funnel_steps() -%}
    {%- set words = load_relation(ref('event_words')) if execute and flags.WHICH in ['build', 'run', 'compile'] else none -%}
    {%- if words -%}
        {%- set events = run_query('select distinct event from ' ~ words ~ ' order by event').columns[0].values() | list -%}
        {%- for funnel in funnels() -%}
            {%- for step in funnel.steps if step != 'visit' and step not in events -%}
                {{ exceptions.raise_compiler_error(
                    "var funnels, funnel " ~ funnel.name ~ ": '" ~ step ~ "' is not a known event. Known events: visit, " ~ events | join(', ')
                    ~ "; another one needs a row in seeds/config/event_words.csv"
                ) }}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
