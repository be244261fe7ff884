with counts as (

    select
        int_funnel_counts.*,
        first_value(people) over (
            partition by funnel_number, month, dimension, dimension_value order by step_number
        ) as entered,
        lag(people, 1, people) over (
            partition by funnel_number, month, dimension, dimension_value order by step_number
        ) as people_before

    from {{ ref('int_funnel_counts') }} as int_funnel_counts

),

steps as (

    select * from {{ ref('int_funnel_steps') }}

),

labels as (

    select * from {{ ref('labels') }}
    where code_type = 'event'

),

pools as (

    select distinct
        dimension,
        pooled_values

    from {{ ref('int_pooled_values') }}

),

final as (

    select
        steps.funnel,
        counts.month,
        counts.dimension,
        counts.dimension_value,
        cast(pools.pooled_values as integer) as pooled_values,
        cast(counts.step_number as integer) as step_number,
        steps.event_name as step,
        coalesce(labels.label_en, steps.event_name) as step_en,
        coalesce(labels.label_zh, steps.event_name) as step_zh,
        cast(counts.people as bigint) as people,
        cast(counts.people_before as bigint) as people_before,
        cast(counts.entered as bigint) as entered,
        cast(counts.entries as bigint) as entries,
        {{ safe_divide('counts.people', 'counts.people_before') }} as step_rate,
        {{ safe_divide('counts.people', 'counts.entered') }} as overall_rate,
        1 - {{ safe_divide('counts.people', 'counts.people_before') }} as drop_off_rate,
        counts.median_seconds as median_seconds_from_previous,
        cast(counts.p90_seconds as bigint) as p90_seconds_from_previous

    from counts
    inner join steps on counts.funnel_number = steps.funnel_number and counts.step_number = steps.step_number
    left join pools on counts.dimension = pools.dimension and counts.dimension_value = 'other'
    left join labels on steps.event_name = labels.code

)

select * from final
