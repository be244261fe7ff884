with orders as (

    select * from {{ ref('int_orders_resolved') }}

),

refunds as (

    select
        order_id,
        sum(refunded_amount) as refunded_amount

    from {{ ref('int_refunds_counted') }}

    group by order_id

),

refunded as (

    select
        orders.*,
        coalesce(refunds.refunded_amount, 0) as refunded_total

    from orders
    left join refunds on orders.order_id = refunds.order_id

),

judged as (

    select
        refunded.*,
        is_valid
        and ({{ var('refunded_orders_count') }} or refunded_total = 0 or refunded_total < goods_amount) as is_purchase

    from refunded

),

final as (

    select
        order_id,
        customer_id,
        account_id,
        ordered_at,
        order_date,
        order_hour,
        known_date,
        paid_at,
        shipped_at,
        delivered_at,
        status,
        is_purchase as is_valid,
        channel,
        store_id,
        payment_method,
        coupon_code,
        campaign_id,
        shipping_region,
        shipping_city,
        currency,
        exchange_rate,
        paid_amount,
        tax_amount,
        shipping_amount,
        goods_amount,
        -- the list price follows from the discount where only that is known, and the other way round
        coalesce(gross_amount, cast(goods_amount + discount_amount as numeric(18, 2))) as gross_amount,
        coalesce(discount_amount, {{ positive_difference('gross_amount', 'goods_amount') }}) as discount_amount,
        cast(case when is_purchase then refunded_total else 0 end as numeric(18, 2)) as refunded_amount,
        cast(case when is_purchase then goods_amount - refunded_total else 0 end as numeric(18, 2)) as net_amount

    from judged

)

select * from final
