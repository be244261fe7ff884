-- One row per order; amounts are in the shop's currency.
with orders as (

    select *
    from {{ source('airbyte_shopify', 'orders') }}
    where not coalesce(test, false) and deleted_at is null

),

shipping as (

    select
        orders.id as order_id,
        sum(coalesce(cast(lines.value ->> 'discounted_price' as numeric), cast(lines.value ->> 'price' as numeric))) as amount,
        sum(coalesce(taxes.amount, 0)) as tax_amount
    from orders
    cross join lateral jsonb_array_elements(orders.shipping_lines) as lines (value)
    cross join lateral (
        select sum(cast(tax.value ->> 'price' as numeric)) as amount
        from jsonb_array_elements(lines.value -> 'tax_lines') as tax (value)
    ) as taxes
    group by orders.id

),

payments as (

    select
        order_id,
        min(gateway) as payment_method,
        min(case when kind in ('sale', 'capture') then cast(processed_at as timestamp with time zone) end) as paid_at
    from {{ source('airbyte_shopify', 'transactions') }}
    where status = 'success' and kind in ('sale', 'capture', 'authorization')
    group by order_id

),

final as (

    select
        cast(orders.id as varchar) as order_id,
        orders.customer ->> 'id' as customer_id,
        coalesce(cast(orders.processed_at as timestamp with time zone), orders.created_at) as ordered_at,
        -- a tip is not a sale
        orders.total_price - coalesce(orders.total_tip_received, 0) as paid_amount,
        case
            when orders.cancelled_at is not null then 'cancelled'
            when orders.financial_status in ('voided', 'expired') then 'cancelled'
            when orders.financial_status = 'refunded' then 'refunded'
            -- cash on delivery stays pending after delivery
            when orders.fulfillment_status in ('fulfilled', 'partial') then 'shipped'
            when orders.financial_status in ('pending', 'authorized') then 'placed'
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
        orders.discount_codes -> 0 ->> 'code' as coupon_code,
        orders.email,
        orders.shipping_address ->> 'province' as shipping_region,
        orders.shipping_address ->> 'city' as shipping_city,
        payments.paid_at,
        orders._airbyte_extracted_at as loaded_at
    from orders
    left join shipping on orders.id = shipping.order_id
    left join payments on orders.id = payments.order_id

)

select * from final
