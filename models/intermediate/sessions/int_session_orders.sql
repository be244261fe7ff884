with order_sessions as (

    select * from {{ ref('int_order_sessions') }}

),

orders as (

    select * from {{ ref('int_orders') }}

),

final as (

    select
        order_sessions.session_key,
        count(*) as placed_orders,
        sum(case when orders.is_valid then 1 else 0 end) as orders,
        sum(orders.net_amount) as net_amount

    from order_sessions
    inner join orders on order_sessions.order_id = orders.order_id

    group by order_sessions.session_key

)

select * from final
