-- one row per order, in the base currency: the shop's own conversion at the time of the order
with orders as (

    select
        *,
        coalesce("base_tax_amount", 0) as tax,
        coalesce("base_discount_amount", 0) as discount,
        greatest(coalesce("base_shipping_amount", 0) - coalesce("base_shipping_discount_amount", 0), 0) as shipping
    from sales_order
    qualify file_number = max(file_number) over (partition by "entity_id")

),

priced as (

    select
        *,
        -- base_subtotal is the list price of the goods without tax; store credit and gift cards are no discount
        least(greatest("base_subtotal" - ("base_grand_total" - tax - shipping), 0), abs(discount))
        * case
            when "base_grand_total" - tax - shipping > 0
                then ("base_grand_total" - shipping) / ("base_grand_total" - tax - shipping)
            else 1
        end as discount_with_tax
    from orders

)

select
    coalesce("increment_id", "entity_id") as order_id,
    "customer_id" as customer_id,
    -- times are UTC without an offset
    regexp_replace("created_at", '^([0-9-]{10}[ T][0-9:.]+)$', '\1Z') as ordered_at,
    "base_grand_total" as paid_amount,
    -- states are fixed, statuses can be renamed
    coalesce("state", "status") as status,
    "base_currency_code" as currency,
    cast("base_grand_total" - shipping + discount_with_tax as decimal(18, 2)) as gross_amount,
    cast(discount_with_tax as decimal(18, 2)) as discount_amount,
    tax as tax_amount,
    shipping as shipping_amount,
    "store_id" as store_id,
    "coupon_code" as coupon_code,
    "customer_email" as email
from priced
order by ordered_at, order_id
