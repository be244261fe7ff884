with as_of as (

    select * from {{ ref('int_as_of') }}

),

orders as (

    select
        order_id,
        customer_id,
        email_hash,
        ordered_at,
        paid_at,
        shipped_at,
        delivered_at

    from {{ ref('stg_shop__orders') }}

),

refunds as (

    select
        order_id,
        refunded_at

    from {{ ref('stg_shop__refunds') }}

),

final as (

    -- what the shop handed over of them was added or changed
    select redone_key as order_id
    from {{ redone('base_shop__orders', 'order_id') }} as redone_orders

    union

    select redone_key as order_id
    from {{ redone('base_shop__order_items', 'order_id') }} as redone_items

    union

    select redone_key as order_id
    from {{ redone('base_shop__refunds', 'order_id') }} as redone_refunds

    union

    -- it may now be somebody else's
    select orders.order_id
    from orders
    inner join {{ redone('stg_shop__customer_aliases', 'identifier') }} as redone_aliases
        on orders.customer_id = redone_aliases.redone_key

    union

    select orders.order_id
    from orders
    inner join {{ redone('stg_shop__customer_aliases', 'identifier') }} as redone_aliases
        on orders.email_hash = redone_aliases.redone_key

    union

    select orders.order_id
    from orders
    inner join {{ redone('int_email_owners', 'email_hash') }} as redone_owners
        on orders.email_hash = redone_owners.redone_key

    union

    -- a price, cost or category was another one
    select items.order_id
    from {{ ref('base_shop__order_items') }} as items
    inner join {{ redone('stg_shop__products', 'product_id') }} as redone_products
        on items.product_id = redone_products.redone_key

    union

    -- the last run did not know it all yet
    select orders.order_id
    from orders
    cross join as_of
    where
        {{ crossed_as_of('orders.ordered_at') }}
        or {{ crossed_as_of('orders.paid_at') }}
        or {{ crossed_as_of('orders.shipped_at') }}
        or {{ crossed_as_of('orders.delivered_at') }}

    union

    select refunds.order_id
    from refunds
    cross join as_of
    where {{ crossed_as_of('refunds.refunded_at') }}

)

select * from final
