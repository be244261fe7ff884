with pools as (

    select distinct
        dimension,
        pooled_values

    from {{ ref('int_pooled_values') }}

),

channels as (

    select
        sessions.*,
        pools.pooled_values

    from {{ ref('int_session_counts') }} as sessions
    left join pools on sessions.dimension = pools.dimension and sessions.dimension_value = 'other'

    where sessions.period_kind = 'month' and sessions.dimension = 'channel'

),

final as (

    select
        period_start as month,
        dimension_value as channel,
        cast(pooled_values as integer) as pooled_values,
        cast(carts as bigint) as carts,
        cast(abandoned_carts as bigint) as abandoned_carts,
        {{ safe_divide('abandoned_carts', 'carts') }} as cart_abandonment_rate,
        cast(checkouts as bigint) as checkouts,
        cast(abandoned_checkouts as bigint) as abandoned_checkouts,
        {{ safe_divide('abandoned_checkouts', 'checkouts') }} as checkout_abandonment_rate,
        cast(abandoned_amount as numeric(18, 2)) as abandoned_amount,
        cast(ordering_sessions as bigint) as payments_attempted,
        cast(payments_succeeded as bigint) as payments_succeeded,
        {{ safe_divide('payments_succeeded', 'ordering_sessions') }} as payment_conversion_rate,
        cast(placed_orders as bigint) as placed_orders,
        cast(orders as bigint) as paid_orders,
        {{ safe_divide('orders', 'placed_orders') }} as order_payment_rate

    from channels

    where carts > 0 or checkouts > 0 or ordering_sessions > 0

)

select * from final
