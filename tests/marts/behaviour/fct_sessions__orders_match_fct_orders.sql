-- Every order belongs to at most one session, with the same amount as in fct_orders.
with sessions as (

    select
        coalesce(sum(placed_orders), 0) as placed_orders,
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(net_amount), 0) as net_amount

    from {{ ref('fct_sessions') }}

),

orders as (

    select
        count(*) as placed_orders,
        count(distinct order_events.order_id) as different_orders,
        coalesce(sum(case when orders.is_valid then 1 else 0 end), 0) as orders,
        coalesce(sum(orders.net_amount), 0) as net_amount

    from {{ ref('int_order_events') }} as order_events
    inner join {{ ref('fct_orders') }} as orders on order_events.order_id = orders.order_id

    where order_events.event_name = 'place_order' and order_events.converted_session_key is not null

)

select
    sessions.placed_orders as placed_orders_of_sessions,
    orders.placed_orders,
    orders.different_orders,
    sessions.net_amount as net_amount_of_sessions,
    orders.net_amount

from sessions
cross join orders

where
    sessions.placed_orders <> orders.placed_orders
    or orders.placed_orders <> orders.different_orders
    or sessions.orders <> orders.orders
    or sessions.net_amount <> orders.net_amount
