{%- set most_steps = funnels() | map(attribute='steps') | map('length') | max -%}

with counts as (

    select * from {{ ref('int_funnel_counts') }}

),

steps as (

    select * from {{ ref('int_funnel_steps') }}

),

labels as (

    select * from {{ ref('labels') }}
    where code_type = 'event'

),

step_counts as (

    {% for step in range(1, most_steps + 1) -%}
    select
        funnel,
        month,
        dimension,
        dimension_value,
        {{ step }} as step_number,
        entries_{{ step }} as entries,
        people_{{ step }} as people,
        people_1 as entered,
        people_{{ [step - 1, 1] | max }} as people_before,
        {{ 'median_seconds_' ~ step if step > 1 else 'cast(null as numeric(18, 6))' }} as median_seconds_from_previous,
        {{ 'p90_seconds_' ~ step if step > 1 else 'cast(null as bigint)' }} as p90_seconds_from_previous

    from counts
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

final as (

    select
        step_counts.funnel,
        step_counts.month,
        step_counts.dimension,
        step_counts.dimension_value,
        cast(step_counts.step_number as integer) as step_number,
        steps.event_name as step,
        coalesce(labels.label_en, steps.event_name) as step_en,
        coalesce(labels.label_zh, steps.event_name) as step_zh,
        cast(step_counts.people as bigint) as people,
        cast(step_counts.people_before as bigint) as people_before,
        cast(step_counts.entered as bigint) as entered,
        cast(step_counts.entries as bigint) as entries,
        {{ share('step_counts.people', 'step_counts.people_before') }} as step_rate,
        {{ share('step_counts.people', 'step_counts.entered') }} as overall_rate,
        1 - {{ share('step_counts.people', 'step_counts.people_before') }} as drop_off_rate,
        step_counts.median_seconds_from_previous,
        cast(step_counts.p90_seconds_from_previous as bigint) as p90_seconds_from_previous

    from step_counts
    inner join steps on step_counts.funnel = steps.funnel and step_counts.step_number = steps.step_number
    left join labels on steps.event_name = labels.code

)

select * from final
