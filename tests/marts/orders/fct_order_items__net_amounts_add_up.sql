-- The lines of every order add up to its net sales and, if all their costs are known, to its margin. No line is negative.
with lines as (

    select
        order_id,
        sum(net_amount) as net_amount,
        min(net_amount) as least_net_amount,
        case when count(margin_amount) = count(*) then sum(margin_amount) end as margin_amount

    from {{ ref('fct_order_items') }}

    group by order_id

)

select
    orders.order_id,
    orders.net_amount,
    orders.margin_amount,
    lines.net_amount as line_net_amount,
    lines.margin_amount as line_margin_amount

from {{ ref('fct_orders') }} as orders
left join lines on orders.order_id = lines.order_id

where
    lines.net_amount is distinct from orders.net_amount
    or lines.least_net_amount < 0
    or (orders.order_lines > 0 and lines.margin_amount is distinct from orders.margin_amount)
