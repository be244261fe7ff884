-- Where do visitors leave: at which step of the purchase funnel, and for whom is that step worse than for the others?
--
-- Run:  dbt show --select where_do_visitors_leave --limit 40    (with --output json for all columns)
--
-- Read: one row per step, dimension and value, over the last twelve months of mature entries. Start with dimension all:
-- the step with the lowest step_rate is where most people leave. Then look down the other dimensions of that step:
-- rate_difference says how far a value stands from all people, and lost_people how many more would have gone on at the
-- rate of all. A large difference on few people is chance; many lost people in one channel, device or source are a
-- cause to look for. Values with fewer than 30 people at the step before are left out.
with months as (

    select
        funnel,
        month,
        dense_rank() over (partition by funnel order by month desc) as month_age

    from {{ ref('rpt_funnel') }}

    group by funnel, month

),

steps as (

    select
        rpt_funnel.step_number,
        rpt_funnel.step_en,
        rpt_funnel.dimension,
        rpt_funnel.dimension_value,
        sum(rpt_funnel.people_before) as people_before,
        sum(rpt_funnel.people) as people

    from {{ ref('rpt_funnel') }} as rpt_funnel
    inner join months on rpt_funnel.funnel = months.funnel and rpt_funnel.month = months.month

    where rpt_funnel.funnel = 'purchase' and rpt_funnel.step_number > 1 and months.month_age <= 12

    group by rpt_funnel.step_number, rpt_funnel.step_en, rpt_funnel.dimension, rpt_funnel.dimension_value

),

everyone as (

    select
        step_number,
        people_before,
        people

    from steps

    where dimension = 'all'

),

final as (

    select
        steps.step_number,
        steps.step_en as step,
        steps.dimension,
        steps.dimension_value,
        steps.people_before,
        steps.people,
        {{ safe_divide('steps.people', 'steps.people_before') }} as step_rate,
        {{ safe_divide('steps.people', 'steps.people_before') }}
        - {{ safe_divide('everyone.people', 'everyone.people_before') }} as rate_difference,
        cast(round(
            steps.people_before * {{ safe_divide('everyone.people', 'everyone.people_before') }} - steps.people, 0
        ) as integer) as lost_people

    from steps
    inner join everyone on steps.step_number = everyone.step_number

    where steps.people_before >= 30

)

select * from final

order by
    step_number asc,
    case when dimension = 'all' then 0 else 1 end asc,
    lost_people desc,
    dimension asc,
    dimension_value asc
