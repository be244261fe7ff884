-- name: products
select
    coalesce(product_name, product_id) as product_name,
    label('category', category) as category_name,
    brand,
    units,
    net_amount as product_net_amount,
    net_amount / nullif(sum(net_amount) over (), 0) as net_amount_share,
    return_rate,
    view_to_cart_rate,
    cart_to_order_rate
from marts.rpt_products
where units > 0
order by product_net_amount desc, product_id
limit 15

-- name: categories
select
    label('category', category) as category_name,
    count(*) as products,
    sum(units)::bigint as units,
    sum(net_amount) as product_net_amount,
    sum(net_amount) / nullif(sum(sum(net_amount)) over (), 0) as net_amount_share,
    sum(returned_units) / nullif(sum(units), 0) as return_rate,
    sum(sum(returned_units)) over () / nullif(sum(sum(units)) over (), 0) as shop_return_rate,
    category
from marts.rpt_products
group by category
having sum(units) > 0
order by product_net_amount desc, category
limit 15

-- name: views
select
    label('category', category) as category_name,
    sum(view_sessions)::bigint as view_sessions,
    sum(view_and_cart_sessions) / nullif(sum(view_sessions), 0) as view_to_cart_rate,
    sum(cart_sessions)::bigint as cart_sessions,
    sum(cart_and_order_sessions) / nullif(sum(cart_sessions), 0) as cart_to_order_rate
from marts.rpt_products
group by category
having sum(view_sessions) >= 30 and sum(cart_sessions) > 0
order by view_sessions desc, category
limit 10

-- name: discounts
with lines as (
    select *, avg(is_discounted::integer) over () as shop_discounted_share
    from marts.fct_order_items
    where is_valid and is_discounted is not null
)

select
    label('category', category) as category_name,
    count(*) as order_lines,
    count(*) filter (where is_discounted) as discounted_lines,
    count(*) filter (where is_discounted) / count(*) as discounted_share,
    sum(list_amount - paid_amount) / nullif(sum(list_amount), 0) as line_discount_rate,
    sum(margin_amount) as margin_amount,
    max(shop_discounted_share) as shop_discounted_share
from lines
group by category
-- too few lines for a share
having count(*) >= 30
order by discounted_share desc, category
limit 15

-- name: sensitivity
with portrait as (
    select *, sum(net_amount) over () / nullif(sum(orders) over (), 0) as shop_order_amount
    from marts.rpt_customer_portrait
    where attribute = 'price_sensitivity'
)

select
    label('price_sensitivity', value) as sensitivity_name,
    customers,
    share as customer_share,
    net_amount as year_net_amount,
    average_order_amount,
    repurchase_rate as year_repurchase_rate,
    shop_order_amount,
    value
from portrait
where value != 'unknown' and customers > 0 and shop_order_amount > 0
order by list_position(['low', 'medium', 'high'], value)
