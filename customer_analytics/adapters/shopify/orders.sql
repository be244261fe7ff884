-- one row per order: its rows hold one line each, and only the first one has the order's own fields
with rows_of_orders as (

    -- an order in several files counts as in the last one
    select *
    from orders_export
    qualify file_number = max(file_number) over (partition by "name")

),

orders as (

    select
        "name",
        min("created at") as ordered_at,
        max("email") as email,
        lower(max("financial status")) as financial_status,
        lower(max("fulfillment status")) as fulfillment_status,
        max("cancelled at") as cancelled_at,
        max("paid at") as paid_at,
        max("fulfilled at") as fulfilled_at,
        max("currency") as currency,
        max("total") as total,
        max("subtotal") as subtotal,
        max("taxes") as taxes,
        max("shipping") as shipping,
        sum("lineitem price" * "lineitem quantity") as line_total,
        max("source") as source,
        max("location") as location,
        max("payment method") as payment_method,
        max("discount code") as discount_code,
        max(coalesce("phone", "billing phone")) as phone,
        max(coalesce("shipping province name", "shipping province")) as region,
        max("shipping city") as city
    from rows_of_orders
    group by "name"

),

accounts as (

    select
        regexp_replace(coalesce("phone", "default address phone"), '[^0-9]', '', 'g') as digits,
        min(coalesce("customer id", "email")) as customer_id
    from customers_export
    group by digits

),

priced as (

    select
        orders.*,
        -- where prices exclude tax, Total is Subtotal plus Taxes plus Shipping
        case
            when abs(subtotal + shipping + taxes - total) < abs(subtotal + shipping - total) and subtotal > 0
                then 1 + taxes / subtotal
            else 1
        end as tax_factor
    from orders

)

select
    priced."name" as order_id,
    case
        when priced.email is null then coalesce(accounts.customer_id, nullif(ltrim(priced.phone, ''''), ''))
    end as customer_id,
    priced.ordered_at,
    priced.total as paid_amount,
    case
        when priced.cancelled_at is not null then 'cancelled'
        when priced.financial_status in ('pending', 'authorized', 'unpaid')
            and priced.fulfillment_status in ('fulfilled', 'partial')
            then 'shipped'
        when priced.financial_status in ('paid', 'partially_refunded') and priced.fulfillment_status = 'fulfilled'
            then 'completed'
        when priced.financial_status in ('paid', 'partially_refunded') and priced.fulfillment_status = 'partial'
            then 'shipped'
        else priced.financial_status
    end as status,
    priced.currency,
    round(priced.line_total * priced.tax_factor, 2) as gross_amount,
    round((priced.line_total - priced.subtotal) * priced.tax_factor, 2) as discount_amount,
    priced.taxes as tax_amount,
    priced.shipping as shipping_amount,
    priced.source as channel,
    priced.location as store_id,
    priced.payment_method,
    priced.discount_code as coupon_code,
    priced.email,
    priced.region as shipping_region,
    priced.city as shipping_city,
    priced.paid_at,
    priced.fulfilled_at as shipped_at
from priced
left join accounts on regexp_replace(priced.phone, '[^0-9]', '', 'g') = accounts.digits
order by priced.ordered_at, order_id
