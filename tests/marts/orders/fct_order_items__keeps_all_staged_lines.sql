-- Every staged line of an order in fct_orders is in fct_order_items once, with its units and amounts, and
-- fct_orders counts the same lines and units.
with staged as (

    select
        items.order_id,
        count(*) as order_lines,
        sum(items.quantity) as units,
        sum(items.quantity * items.unit_price * orders.exchange_rate) as paid_amount

    from {{ ref('stg_shop__order_items') }} as items
    inner join {{ ref('stg_shop__orders') }} as orders on items.order_id = orders.order_id

    group by items.order_id

),

lines as (

    select
        order_id,
        -- the line of an order without lines has no quantity
        count(quantity) as order_lines,
        sum(quantity) as units,
        sum(paid_amount) as paid_amount

    from {{ ref('fct_order_items') }}

    group by order_id

)

select
    orders.order_id,
    orders.order_lines,
    staged.order_lines as staged_lines,
    lines.order_lines as published_lines

from {{ ref('fct_orders') }} as orders
left join staged on orders.order_id = staged.order_id
left join lines on orders.order_id = lines.order_id

where
    orders.order_lines <> coalesce(staged.order_lines, 0)
    or orders.order_lines <> coalesce(lines.order_lines, 0)
    or orders.units <> coalesce(staged.units, 0)
    or orders.units <> coalesce(lines.units, 0)
    or lines.order_id is null
    -- each line is rounded to cents
    or abs(coalesce(staged.paid_amount, 0) - coalesce(lines.paid_amount, 0)) > 0.005 * orders.order_lines
