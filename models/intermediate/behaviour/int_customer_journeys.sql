with sessions as (

    select
        customer_id,
        min(started_at) as first_visited_at,
        max(started_at) as last_visited_at

    from {{ ref('fct_sessions') }}

    where customer_id is not null and channel <> 'store'

    group by customer_id

),

orders as (

    select
        customer_id,
        min(case when channel = 'store' then ordered_at end) as first_store_ordered_at,
        min(case when channel <> 'store' then ordered_at end) as first_online_ordered_at,
        max(case when channel = 'unknown' then 1 else 0 end) = 1 as has_unknown_channel,
        count(*) as orders,
        sum(net_amount) as net_amount

    from {{ ref('int_purchases') }}

    group by customer_id

),

seen as (

    select
        orders.*,
        sessions.last_visited_at,
        least(
            coalesce(sessions.first_visited_at, orders.first_online_ordered_at),
            coalesce(orders.first_online_ordered_at, sessions.first_visited_at)
        ) as first_seen_online_at

    from orders
    left join sessions on orders.customer_id = sessions.customer_id

),

told as (

    select
        seen.*,
        case
            when has_unknown_channel then 'unknown'
            when first_store_ordered_at is null then 'online_only'
            when first_seen_online_at < first_store_ordered_at and first_online_ordered_at is null
                then 'online_first_bought_in_store'
            when first_seen_online_at < first_store_ordered_at then 'online_first_bought_in_both'
            when first_online_ordered_at is not null then 'store_first_bought_online'
            when last_visited_at >= first_store_ordered_at then 'store_first_visited_online'
            else 'store_only'
        end as journey

    from seen

),

final as (

    select
        customer_id,
        journey,
        orders,
        net_amount,
        case
            when journey = 'online_only'
                then {{ dbt.datediff(shop_date('first_seen_online_at'), shop_date('first_online_ordered_at'), 'day') }}
            when journey in ('online_first_bought_in_store', 'online_first_bought_in_both')
                then {{ dbt.datediff(shop_date('first_seen_online_at'), shop_date('first_store_ordered_at'), 'day') }}
            when journey = 'store_first_bought_online'
                then {{ dbt.datediff(shop_date('first_store_ordered_at'), shop_date('first_online_ordered_at'), 'day') }}
        end as days_to_order

    from told

)

select * from final
