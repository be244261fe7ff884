with weeks as (

    select * from {{ ref('int_weeks') }}

),

orders as (

    select
        cast(date_trunc('week', order_date) as date) as week,
        sum(net_amount) as net_amount,
        count(*) as orders

    from {{ ref('fct_orders') }}

    where is_valid

    group by cast(date_trunc('week', order_date) as date)

),

funnels as (

    select
        funnel_weeks.*,
        -- who goes on is worth the orders that come of it in the end
        cast({{ mean_amount('orders.net_amount * funnel_weeks.converted_people', 'orders.orders') }} as numeric(18, 2)) as amount

    from {{ ref('int_funnel_weeks') }} as funnel_weeks
    left join orders on funnel_weeks.week = orders.week

),

rates as (

    {% for step in range(2, most_funnel_steps() + 1) -%}
    select
        'funnel_step_rate' as metric,
        funnels.funnel,
        steps.event_name as step,
        funnels.dimension,
        funnels.dimension_value,
        funnels.week,
        funnels.people_{{ step - 1 }} as people_before,
        funnels.people_{{ step }} as people,
        funnels.amount

    from funnels
    inner join {{ ref('int_funnel_steps') }} as steps on funnels.funnel = steps.funnel and steps.step_number = {{ step }}

    union all

    {% endfor -%}
    {% for metric, counted in [('return_rate', 'refunded'), ('complaint_rate', 'complained')] -%}
    select
        '{{ metric }}' as metric,
        'none' as funnel,
        'none' as step,
        dimension,
        dimension_value,
        week,
        recent_orders as people_before,
        {{ counted }}_orders as people,
        {{ counted }}_amount as amount

    from {{ ref('int_category_weeks') }}

    union all

    {% endfor -%}
    select
        'weekly_repurchase_rate' as metric,
        'none' as funnel,
        'none' as step,
        'value_tier' as dimension,
        'high_value' as dimension_value,
        week,
        seasonal_customers as people_before,
        buyers as people,
        net_amount as amount

    from {{ ref('int_high_value_weeks') }}

),

-- what is small in every week cannot be judged
series as (

    select
        metric,
        funnel,
        step,
        dimension,
        dimension_value,
        min(week) as first_week,
        row_number() over (
            order by metric, funnel, step, dimension, {{ byte_order('dimension_value') }}
        ) as series_key

    from rates

    group by metric, funnel, step, dimension, dimension_value

    having max(people_before) >= 10

),

last_weeks as (

    select
        metric,
        funnel,
        max(week) as last_week

    from rates

    group by metric, funnel

),

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
        cast(coalesce(rates.people_before, 0) as bigint) as people_before,
        cast(coalesce(rates.people, 0) as bigint) as people,
        cast(coalesce(rates.amount, 0) as numeric(18, 2)) as amount

    from series
    inner join last_weeks on series.metric = last_weeks.metric and series.funnel = last_weeks.funnel
    inner join weeks on series.first_week <= weeks.week and last_weeks.last_week >= weeks.week
    left join rates
        on
            series.metric = rates.metric
            and series.funnel = rates.funnel
            and series.step = rates.step
            and series.dimension = rates.dimension
            and series.dimension_value = rates.dimension_value
            and weeks.week = rates.week

)

select * from final
