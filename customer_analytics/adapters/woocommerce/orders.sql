-- one row per order of either export; the first lists an order once per line, with the order's own fields on each or the first
with orders as (

    select
        "order number" as order_id,
        max("customer user id") as customer_id,
        max("order date") as ordered_at,
        max("order total amount") as total,
        max("order status") as status,
        max("currency") as currency,
        max("cart discount amount") as discount,
        coalesce(max("order total tax amount"), 0) as tax,
        coalesce(max("order shipping amount"), 0) as shipping,
        coalesce(max("payment method title"), max("payment method")) as payment_method,
        coalesce(max("coupons used"), string_agg(distinct "coupon code", ', ' order by "coupon code")) as coupon_code,
        coalesce(max("email (billing)"), max("customer user email")) as email,
        coalesce(max("state code (shipping)"), max("state code (billing)")) as region,
        coalesce(max("city (shipping)"), max("city (billing)")) as city,
        max("paid date") as paid_at
    from advanced_rows
    -- refunds exported as rows of their own have a negative total
    where coalesce("order total amount", 0) >= 0
    group by "order number"

    union all

    select
        "order_id",
        max("customer_id"),
        max(coalesce("date", "order_date")),
        max("order_total"),
        max("status"),
        max("order_currency"),
        max("discount_total"),
        coalesce(max("tax_total"), 0),
        coalesce(max("shipping_total"), 0),
        coalesce(max("payment_method_title"), max("payment_method")),
        string_agg(
            distinct array_to_string(regexp_extract_all("coupon_items", '(?:^|[|;])code:([^|;]*)', 1), ', '), ', '
        ),
        coalesce(max("billing_email"), max("customer_email")),
        coalesce(max("shipping_state"), max("billing_state")),
        coalesce(max("shipping_city"), max("billing_city")),
        max("paid_date")
    from csv_rows
    group by "order_id"

),

priced as (

    select
        *,
        -- WooCommerce writes discounts without tax
        discount * case
            when total - tax - shipping > 0 then (total - shipping) / (total - tax - shipping)
            else 1
        end as discount_with_tax
    from orders

)

select
    order_id,
    -- 0 is a guest
    nullif(customer_id, '0') as customer_id,
    -- some versions write 31-12-2023
    regexp_replace(ordered_at, '^([0-9]{2})[-.]([0-9]{2})[-.]([0-9]{4})', '\3-\2-\1') as ordered_at,
    total as paid_amount,
    status,
    currency,
    cast(total - shipping + discount_with_tax as decimal(18, 2)) as gross_amount,
    cast(discount_with_tax as decimal(18, 2)) as discount_amount,
    tax as tax_amount,
    shipping as shipping_amount,
    payment_method,
    nullif(coupon_code, '') as coupon_code,
    email,
    region as shipping_region,
    city as shipping_city,
    regexp_replace(paid_at, '^([0-9]{2})[-.]([0-9]{2})[-.]([0-9]{4})', '\3-\2-\1') as paid_at
from priced
order by ordered_at, order_id
