-- At which step of the purchase funnel do visitors drop off, and for which groups is that step worse than average?
--
-- Run:  dbt show --select where_do_visitors_leave --limit 40    (with --output json for all columns)
--
-- How to read it: one row per step, dimension and value, over the last twelve months of mature entries. Start with dimension
-- all: the step with the lowest step_rate loses the most visitors. Then compare the other dimensions of that step.
-- rate_difference is the difference from the rate of all people, and lost_people is how many more would have continued at
-- the rate of all people. A large difference for few people is noise; many lost people in one channel, device or source
-- point to a cause. Values with fewer than 30 people at the previous step are excluded.
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

all_people as (

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
        - {{ safe_divide('all_people.people', 'all_people.people_before') }} as rate_difference,
        cast(round(
            steps.people_before * {{ safe_divide('all_people.people', 'all_people.people_before') }} - steps.people, 0
        ) as integer) as lost_people

    from steps
    inner join all_people on steps.step_number = all_people.step_number

    where steps.people_before >= 30

)

select * from final

order by
    step_number asc,
    case when dimension = 'all' then 0 else 1 end asc,
    lost_people desc,
    dimension asc,
    dimension_value asc
