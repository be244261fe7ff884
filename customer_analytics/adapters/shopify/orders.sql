-- one row per order: its rows hold one line each, and only the first one has the order's own fields
with orders as (

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
        coalesce(max("taxes"), 0) as taxes,
        coalesce(max("duties"), 0) as duties,
        coalesce(max("shipping"), 0) as shipping,
        max("discount amount") as discount,
        coalesce(sum("lineitem price" * "lineitem quantity"), 0) as line_total,
        sum("lineitem discount") as line_discount,
        -- the rate is in the name, such as DE MwSt 19%; with a second tax it is not the rate of the whole order
        case
            when max("tax 2 name") is null
                then try_cast(replace(regexp_extract(max("tax 1 name"), '([0-9]+([.,][0-9]+)?) ?%', 1), ',', '.') as decimal(9, 4)) / 100
        end as tax_rate,
        max("source") as source,
        max("location") as location,
        max("payment method") as payment_method,
        max("discount code") as discount_code,
        regexp_replace(coalesce(max("phone"), max("billing phone")), '[^0-9+]', '', 'g') as phone,
        coalesce(max("shipping province name"), max("shipping province")) as region,
        max("shipping city") as city
    from rows_of_orders
    group by "name", shopify_id

),

accounts as (

    select
        regexp_replace(coalesce("phone", "default address phone"), '[^0-9]', '', 'g') as digits,
        min(coalesce("customer id", "email", regexp_replace("phone", '[^0-9+]', '', 'g'))) as customer_id
    from customers_export
    group by digits
    having digits <> ''

),

shipped as (

    select
        *,
        -- a discount that the lines do not show is on shipping: Shipping is the price before it
        shipping - least(greatest(coalesce(discount, 0) - greatest(line_total - subtotal, 0), 0), shipping) as paid_shipping
    from orders

),

taxed as (

    select
        *,
        -- where prices exclude tax, Total is Subtotal plus Shipping plus Taxes
        abs(subtotal + paid_shipping + duties + taxes - total) < abs(subtotal + paid_shipping + duties - total) as is_tax_added
    from shipped

),

split as (

    select
        *,
        -- with a tip, which is a line but no part of Subtotal
        total - paid_shipping - duties - case when is_tax_added then taxes else 0 end as goods,
        case
            -- tax included in the price of shipping: the taxes are nearer to those of goods and shipping than to those of goods
            when not is_tax_added
                and abs(taxes * (1 + tax_rate) - (subtotal + paid_shipping) * tax_rate) < abs(taxes * (1 + tax_rate) - subtotal * tax_rate)
                then paid_shipping / (1 + tax_rate)
            else paid_shipping
        end as shipping_without_tax
    from taxed

),

priced as (

    select
        *,
        -- lines that were removed from an order are still listed, so the difference to the lines is only the upper limit
        least(greatest(line_total - goods, 0), coalesce(discount + coalesce(line_discount, 0), line_total))
        * case when goods > 0 then (total - shipping_without_tax) / goods else 1 end as goods_discount
    from split

)

select
    priced."name" as order_id,
    case when priced.email is null then coalesce(accounts.customer_id, nullif(priced.phone, '')) end as customer_id,
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
    cast(priced.total - priced.shipping_without_tax + priced.goods_discount as decimal(18, 2)) as gross_amount,
    cast(priced.goods_discount as decimal(18, 2)) as discount_amount,
    priced.taxes + priced.duties as tax_amount,
    cast(priced.shipping_without_tax as decimal(18, 2)) as shipping_amount,
    -- the app number of the online store
    case priced.source when '580111' then 'web' else priced.source end as channel,
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
