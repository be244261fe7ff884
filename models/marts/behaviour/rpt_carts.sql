with sessions as (

    select
        int_sessions.session_key,
        fct_sessions.channel,
        fct_sessions.has_placed_order,
        fct_sessions.has_paid,
        fct_sessions.placed_orders,
        fct_sessions.orders,
        cast(date_trunc('month', fct_sessions.session_date) as date) as month

    from {{ ref('fct_sessions') }} as fct_sessions
    inner join {{ ref('int_sessions') }} as int_sessions on fct_sessions.session_id = int_sessions.session_id

),

carts as (

    select
        carts.session_key,
        max(case when carts.kind = 'cart' then 1 else 0 end) as carts,
        max(case when carts.kind = 'cart' and carts.is_abandoned then 1 else 0 end) as abandoned_carts,
        max(case when carts.kind = 'checkout' then 1 else 0 end) as checkouts,
        max(case when carts.kind = 'checkout' and carts.is_abandoned then 1 else 0 end) as abandoned_checkouts

    from {{ ref('int_carts') }} as carts

    where carts.is_mature

    group by carts.session_key

),

totals as (

    select
        sessions.month,
        sessions.channel,
        coalesce(sum(carts.carts), 0) as carts,
        coalesce(sum(carts.abandoned_carts), 0) as abandoned_carts,
        coalesce(sum(carts.checkouts), 0) as checkouts,
        coalesce(sum(carts.abandoned_checkouts), 0) as abandoned_checkouts,
        sum(case when carts.abandoned_carts = 1 then cart_values.cart_amount end) as abandoned_amount,
        sum(case when sessions.has_placed_order then 1 else 0 end) as payments_attempted,
        sum(case when sessions.has_placed_order and sessions.has_paid then 1 else 0 end) as payments_succeeded,
        sum(sessions.placed_orders) as placed_orders,
        sum(sessions.orders) as paid_orders

    from sessions
    left join carts on sessions.session_key = carts.session_key
    left join {{ ref('int_cart_values') }} as cart_values on sessions.session_key = cart_values.session_key

    group by sessions.month, sessions.channel

),

final as (

    select
        month,
        channel,
        cast(carts as bigint) as carts,
        cast(abandoned_carts as bigint) as abandoned_carts,
        {{ share('abandoned_carts', 'carts') }} as cart_abandonment_rate,
        cast(checkouts as bigint) as checkouts,
        cast(abandoned_checkouts as bigint) as abandoned_checkouts,
        {{ share('abandoned_checkouts', 'checkouts') }} as checkout_abandonment_rate,
        cast(abandoned_amount as numeric(18, 2)) as abandoned_amount,
        cast(payments_attempted as bigint) as payments_attempted,
        cast(payments_succeeded as bigint) as payments_succeeded,
        {{ share('payments_succeeded', 'payments_attempted') }} as payment_conversion_rate,
        cast(placed_orders as bigint) as placed_orders,
        cast(paid_orders as bigint) as paid_orders,
        {{ share('paid_orders', 'placed_orders') }} as order_payment_rate

    from totals

    where carts > 0 or checkouts > 0 or payments_attempted > 0

)

select * from final
