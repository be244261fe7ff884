{#- the seed must be loaded first, so this is not checked with the other settings of the var -#}
{%- set mapping = load_relation(ref('event_mapping')) if execute and flags.WHICH in ['build', 'run', 'compile'] else none -%}
{%- set events = run_query('select distinct event from ' ~ mapping ~ ' order by event').columns[0].values() | list if mapping else [] -%}
{%- for funnel in funnels() if mapping -%} {%- for step in funnel.steps if step != 'visit' and step not in events -%}
{{ exceptions.raise_compiler_error(
    "var funnels, funnel " ~ funnel.name ~ ": '" ~ step ~ "' is not a known event. Known events: visit, " ~ events | join(', ')
    ~ "; to use any other event, add a row to seeds/config/event_mapping.csv"
) }}
{%- endfor -%} {%- endfor -%}

with final as (

    {% for funnel in funnels() -%}
    {%- set funnel_loop = loop -%}
    {% for step in funnel.steps -%}
    select
        {{ funnel.number }} as funnel_number,
        '{{ funnel.name }}' as funnel,
        {{ loop.index }} as step_number,
        '{{ step }}' as event_name,
        {{ funnel.is_within_session }} as is_within_session
    {% if not (loop.last and funnel_loop.last) -%}
    union all
    {% endif -%}
    {% endfor -%}
    {% endfor %}

)

-- the steps are checked against the seed, so it must be loaded first: depends on {{ ref('event_mapping') }}
select * from final
