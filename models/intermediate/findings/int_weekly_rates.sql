with weeks as (

    select * from {{ ref('int_weeks') }}

),

orders as (

    select
        cast(date_trunc('week', order_date) as date) as week,
        sum(net_amount) as net_amount,
        count(*) as orders

    from {{ ref('int_orders') }}

    where is_valid

    group by cast(date_trunc('week', order_date) as date)

),

rates as (

    select
        'funnel_step_rate' as metric,
        step_weeks.funnel,
        step_weeks.step,
        step_weeks.dimension,
        step_weeks.dimension_value,
        step_weeks.week,
        step_weeks.people_before,
        step_weeks.people,
        -- people who take the step are valued by the orders that they place
        {{ average_amount('orders.net_amount * step_weeks.converted_people', 'orders.orders') }} as amount

    from {{ ref('int_step_weeks') }} as step_weeks
    left join orders on step_weeks.week = orders.week

    union all

    select
        metric,
        'none' as funnel,
        'none' as step,
        dimension,
        dimension_value,
        week,
        people_before,
        people,
        amount

    from {{ ref('int_order_weeks') }}

),

keyed as (

    select
        rates.*,
        dense_rank() over (order by metric, funnel, step, dimension, {{ binary_collation('dimension_value') }}) as series_key

    from rates

),

series as (

    select
        series_key,
        metric,
        funnel,
        step,
        dimension,
        dimension_value,
        min(week) as first_week,
        max(max(week)) over (partition by metric, funnel) as last_week

    from keyed

    group by series_key, metric, funnel, step, dimension, dimension_value

),

-- goods are returned over several weeks, so returns and complaints of a week are compared with three weeks of orders
final as (

    select
        series.series_key,
        series.metric,
        series.funnel,
        series.step,
        series.dimension,
        series.dimension_value,
        weeks.week,
        weeks.week_number,
        cast(coalesce(
            case
                when series.metric in ('return_rate', 'complaint_rate')
                    then sum(keyed.people_before) over (
                        partition by series.series_key order by weeks.week_number rows between 2 preceding and current row
                    )
                else keyed.people_before
            end, 0
        ) as bigint) as people_before,
        cast(coalesce(keyed.people, 0) as bigint) as people,
        cast(coalesce(keyed.amount, 0) as numeric(18, 2)) as amount

    from series
    inner join weeks on series.first_week <= weeks.week and series.last_week >= weeks.week
    left join keyed on series.series_key = keyed.series_key and weeks.week = keyed.week

)

select * from final
