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

customers as (

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

customer_journeys as (

    select
        customers.*,
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

    from customers

),

journey_days as (

    select
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

    from customer_journeys

),

journeys as (

    select
        journey,
        count(*) as customers,
        sum(orders) as orders,
        sum(net_amount) as net_amount,
        sum(case when orders >= 2 then 1 else 0 end) as repeat_customers,
        {{ median('days_to_order') }} as median_days_to_order

    from journey_days

    group by journey

),

-- journeys without customers get a row with 0
labels as (

    select * from {{ ref('labels') }}
    where code_type = 'journey'

),

final as (

    select
        labels.code as journey,
        labels.label_en as journey_en,
        labels.label_zh as journey_zh,
        cast(coalesce(journeys.customers, 0) as bigint) as customers,
        cast(coalesce(sum(journeys.customers) over (), 0) as bigint) as all_customers,
        {{ safe_divide('coalesce(journeys.customers, 0)', 'sum(journeys.customers) over ()') }} as customer_share,
        cast(coalesce(journeys.orders, 0) as bigint) as orders,
        cast(coalesce(journeys.net_amount, 0) as numeric(18, 2)) as net_amount,
        {{ average_amount('journeys.net_amount', 'journeys.orders') }} as average_order_amount,
        cast(coalesce(journeys.repeat_customers, 0) as bigint) as repeat_customers,
        {{ safe_divide('journeys.repeat_customers', 'journeys.customers') }} as repurchase_rate,
        journeys.median_days_to_order

    from labels
    left join journeys on labels.code = journeys.journey

)

select * from final
