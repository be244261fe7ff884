with outcomes as (

    select
        'category' as dimension,
        category as dimension_value,
        order_date,
        refunded_date,
        complained_date,
        paid_amount

    from {{ ref('int_order_category_outcomes') }}

    union all

    select
        'all' as dimension,
        'all' as dimension_value,
        min(order_date) as order_date,
        min(refunded_date) as refunded_date,
        min(complained_date) as complained_date,
        sum(paid_amount) as paid_amount

    from {{ ref('int_order_category_outcomes') }}

    group by order_id

),

weeks as (

    select * from {{ ref('int_weeks') }}

),

events as (

    select
        dimension,
        dimension_value,
        cast(date_trunc('week', order_date) as date) as week,
        1 as orders,
        0 as refunded_orders,
        0 as complained_orders,
        0 as refunded_amount,
        0 as complained_amount

    from outcomes

    union all

    select
        dimension,
        dimension_value,
        cast(date_trunc('week', refunded_date) as date) as week,
        0 as orders,
        1 as refunded_orders,
        0 as complained_orders,
        paid_amount as refunded_amount,
        0 as complained_amount

    from outcomes

    where refunded_date is not null

    union all

    select
        dimension,
        dimension_value,
        cast(date_trunc('week', complained_date) as date) as week,
        0 as orders,
        0 as refunded_orders,
        1 as complained_orders,
        0 as refunded_amount,
        paid_amount as complained_amount

    from outcomes

    where complained_date is not null

),

sums as (

    select
        dimension,
        dimension_value,
        week,
        sum(orders) as orders,
        sum(refunded_orders) as refunded_orders,
        sum(complained_orders) as complained_orders,
        sum(refunded_amount) as refunded_amount,
        sum(complained_amount) as complained_amount

    from events

    group by dimension, dimension_value, week

),

categories as (

    select
        dimension,
        dimension_value,
        min(week) as first_week

    from sums

    group by dimension, dimension_value

),

-- goods come back for weeks after they were sold: a week's returns are held against three weeks of orders
final as (

    select
        categories.dimension,
        categories.dimension_value,
        weeks.week,
        sum(coalesce(sums.orders, 0)) over (
            partition by categories.dimension, categories.dimension_value order by weeks.week rows between 2 preceding and current row
        ) as recent_orders,
        coalesce(sums.refunded_orders, 0) as refunded_orders,
        coalesce(sums.complained_orders, 0) as complained_orders,
        coalesce(sums.refunded_amount, 0) as refunded_amount,
        coalesce(sums.complained_amount, 0) as complained_amount

    from categories
    inner join weeks on categories.first_week <= weeks.week
    left join sums
        on
            categories.dimension = sums.dimension
            and categories.dimension_value = sums.dimension_value
            and weeks.week = sums.week

)

select * from final
