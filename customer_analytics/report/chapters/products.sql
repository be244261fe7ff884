-- name: products
with ranked as (
    select
        *,
        row_number() over (order by product_id = 'other', net_amount desc, product_id) as position,
        shown_value(product_id, position) as shown
    from marts.rpt_products
    where orders > 0
)

select
    case
        when sum(values_held(position, null)) > 0 then value_label('product', shown, sum(values_held(position, null)))
        -- orders without lines are one line of an unknown product
        else any_value(coalesce(product_name, nullif(product_id, 'unknown'), label('category', 'unknown')))
    end as product_name,
    case when min(position) = max(position) then any_value(label('category', category)) end as category_name,
    case when min(position) = max(position) then any_value(brand) end as brand,
    sum(units)::bigint as units,
    sum(net_amount) as product_net_amount,
    sum(net_amount) / nullif(sum(sum(net_amount)) over (), 0) as net_amount_share,
    sum(returned_units) / nullif(sum(units), 0) as return_rate,
    sum(view_and_cart_sessions) / nullif(sum(view_sessions), 0) as view_to_cart_rate,
    sum(cart_and_order_sessions) / nullif(sum(cart_sessions), 0) as cart_to_order_rate,
    shown as product_id
from ranked
group by shown
order by min(position)

-- name: categories
with categories as (
    select
        category,
        count(*) as products,
        sum(units) as units,
        sum(net_amount) as net_amount,
        row_number() over (order by category = 'other', sum(net_amount) desc, category) as position,
        shown_value(category, position) as shown
    from marts.rpt_products
    group by category
    having sum(orders) > 0
)

select
    value_label('category', shown, sum(values_held(position, null))) as category_name,
    sum(products)::bigint as products,
    sum(units)::bigint as units,
    sum(net_amount) as product_net_amount,
    sum(net_amount) / nullif(sum(sum(net_amount)) over (), 0) as net_amount_share,
    shown as category
from categories
group by shown
order by min(position)

-- name: returns
with categories as (
    select
        category,
        sum(units) as units,
        sum(returned_units) as returned_units,
        sum(sum(returned_units)) over () / nullif(sum(sum(units)) over (), 0) as shop_return_rate
    from marts.rpt_products
    group by category
)

select
    label('category', category) as category_name,
    units::bigint as units,
    returned_units / units as return_rate,
    shop_return_rate,
    category
from categories
-- too few units for a rate
where units >= 30 and returned_units > 0
order by return_rate desc, category
limit 10

-- name: views
select
    label('category', category) as category_name,
    sum(view_sessions)::bigint as view_sessions,
    sum(view_and_cart_sessions) / nullif(sum(view_sessions), 0) as view_to_cart_rate,
    sum(cart_sessions)::bigint as cart_sessions,
    sum(cart_and_order_sessions) / nullif(sum(cart_sessions), 0) as cart_to_order_rate,
    category
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
    max(shop_discounted_share) as shop_discounted_share,
    category
from lines
group by category
-- too few lines for a share
having count(*) >= 30
order by discounted_share desc, category
limit 10

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
where customers > 0 and shop_order_amount > 0
qualify bool_or(value != 'unknown') over ()
order by list_position(['low', 'medium', 'high', 'unknown'], value)
