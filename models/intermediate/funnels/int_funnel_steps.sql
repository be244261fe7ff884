{{ check_funnel_steps() }}

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
