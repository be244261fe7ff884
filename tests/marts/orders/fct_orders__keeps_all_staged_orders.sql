-- Every staged order up to as_of_date is in fct_orders exactly once, with its full amounts.
with staged as (

    select
        count(*) as orders,
        coalesce(sum(orders.paid_amount), 0) as paid_amount,
        coalesce(sum(orders.tax_amount), 0) as tax_amount,
        coalesce(sum(orders.shipping_amount), 0) as shipping_amount

    from {{ ref('stg_shop__orders') }} as orders
    cross join {{ ref('int_as_of') }} as as_of

    where orders.ordered_at < as_of.as_of_end_at

),

published as (

    select
        count(*) as orders,
        coalesce(sum(paid_amount), 0) as paid_amount,
        coalesce(sum(tax_amount), 0) as tax_amount,
        coalesce(sum(shipping_amount), 0) as shipping_amount

    from {{ ref('fct_orders') }}

)

select
    staged.orders as staged_orders,
    published.orders as published_orders,
    staged.paid_amount as staged_paid_amount,
    published.paid_amount as published_paid_amount

from staged
cross join published

where
    staged.orders <> published.orders
    or staged.paid_amount <> published.paid_amount
    or staged.tax_amount <> published.tax_amount
    or staged.shipping_amount <> published.shipping_amount
