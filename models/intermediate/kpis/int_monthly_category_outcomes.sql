with outcomes as (

    select
        order_id,
        cast(date_trunc('month', order_date) as date) as month,
        category,
        -- every order has had as long to come back
        case when {{ dbt.datediff('order_date', 'refunded_date', 'day') }} <= 30 then 1 else 0 end as is_refunded,
        case when {{ dbt.datediff('order_date', 'complained_date', 'day') }} <= 30 then 1 else 0 end as is_complained

    from {{ ref('int_order_category_outcomes') }}

),

all_orders as (

    select
        month,
        order_id,
        max(is_refunded) as is_refunded,
        max(is_complained) as is_complained

    from outcomes

    group by month, order_id

),

final as (

    select
        month,
        'category' as dimension,
        category as dimension_value,
        count(*) as orders,
        sum(is_refunded) as refunded_orders,
        sum(is_complained) as complained_orders

    from outcomes

    group by month, category

    union all

    select
        month,
        'all' as dimension,
        'all' as dimension_value,
        count(*) as orders,
        sum(is_refunded) as refunded_orders,
        sum(is_complained) as complained_orders

    from all_orders

    group by month

)

select * from final
