-- One row per order; amounts are in the shop's currency.
with orders as (

    select *
    from {{ source('fivetran_shopify', 'order') }}
    where not coalesce(test, false) and not coalesce(_fivetran_deleted, false)

),

shipping_taxes as (

    select
        order_shipping_line_id,
        sum(price) as tax_amount
    from {{ source('fivetran_shopify', 'order_shipping_tax_line') }}
    group by order_shipping_line_id

),

shipping as (

    select
        shipping_lines.order_id,
        sum(coalesce(shipping_lines.discounted_price, shipping_lines.price)) as amount,
        sum(coalesce(shipping_taxes.tax_amount, 0)) as tax_amount
    from {{ source('fivetran_shopify', 'order_shipping_line') }} as shipping_lines
    left join shipping_taxes on shipping_lines.id = shipping_taxes.order_shipping_line_id
    group by shipping_lines.order_id

),

payments as (

    select
        order_id,
        min(gateway) as payment_method,
        min(case when kind in ('sale', 'capture') then processed_at end) as paid_at
    from {{ source('fivetran_shopify', 'transaction') }}
    where status = 'success' and kind in ('sale', 'capture', 'authorization')
    group by order_id

),

coupons as (

    select
        order_id,
        min(code) as coupon_code
    from {{ source('fivetran_shopify', 'order_discount_code') }}
    group by order_id

),

final as (

    select
        cast(orders.id as varchar) as order_id,
        cast(orders.customer_id as varchar) as customer_id,
        coalesce(orders.processed_at, orders.created_at) as ordered_at,
        -- a tip is not a sale
        orders.total_price - coalesce(orders.total_tip_received, 0) as paid_amount,
        case
            when orders.cancelled_at is not null then 'cancelled'
            when lower(orders.financial_status) in ('voided', 'expired') then 'cancelled'
            when lower(orders.financial_status) = 'refunded' then 'refunded'
            -- cash on delivery stays pending after delivery
            when lower(orders.fulfillment_status) in ('fulfilled', 'partial') then 'shipped'
            when lower(orders.financial_status) in ('pending', 'authorized') then 'placed'
            else 'paid'
        end as status,
        orders.currency,
        orders.total_line_items_price as gross_amount,
        orders.total_line_items_price - orders.subtotal_price as discount_amount,
        orders.total_tax as tax_amount,
        -- without its tax, which total_tax contains
        coalesce(shipping.amount, 0)
        - case when orders.taxes_included then coalesce(shipping.tax_amount, 0) else 0 end as shipping_amount,
        orders.source_name as channel,
        cast(orders.location_id as varchar) as store_id,
        payments.payment_method,
        coupons.coupon_code,
        orders.email,
        orders.shipping_address_province as shipping_region,
        orders.shipping_address_city as shipping_city,
        payments.paid_at,
        orders._fivetran_synced as loaded_at
    from orders
    left join shipping on orders.id = shipping.order_id
    left join payments on orders.id = payments.order_id
    left join coupons on orders.id = coupons.order_id

)

select * from final
