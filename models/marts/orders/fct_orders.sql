with orders as (

    select * from {{ ref('int_orders_settled') }}

),

purchases as (

    select
        order_id,
        order_number,
        days_since_previous_order

    from {{ ref('int_purchases') }}

),

baskets as (

    select * from {{ ref('int_baskets') }}

),

final as (

    select
        orders.order_id,
        orders.customer_id,
        orders.account_id,
        orders.ordered_at,
        orders.order_date,
        orders.paid_at,
        orders.shipped_at,
        orders.delivered_at,
        orders.status,
        orders.is_valid,
        orders.channel,
        orders.store_id,
        orders.payment_method,
        orders.coupon_code,
        orders.campaign_id,
        orders.shipping_region,
        orders.shipping_city,
        orders.currency,
        coalesce(orders.gross_amount, baskets.list_amount) as gross_amount,
        coalesce(
            orders.discount_amount, {{ positive_difference('baskets.list_amount', 'orders.goods_amount') }}
        ) as discount_amount,
        orders.paid_amount,
        orders.tax_amount,
        orders.shipping_amount,
        orders.goods_amount,
        orders.refunded_amount,
        orders.net_amount,
        case when orders.is_valid then cast(orders.net_amount - baskets.kept_cost_amount as numeric(18, 2)) end as margin_amount,
        cast(purchases.order_number as integer) as order_number,
        coalesce(purchases.order_number = 1, false) as is_first_order,
        cast(purchases.days_since_previous_order as integer) as days_since_previous_order,
        cast(coalesce(baskets.order_lines, 0) as integer) as order_lines,
        cast(coalesce(baskets.units, 0) as bigint) as units,
        cast(coalesce(baskets.category_count, 0) as integer) as category_count

    from orders
    left join purchases on orders.order_id = purchases.order_id
    left join baskets on orders.order_id = baskets.order_id

)

select * from final
