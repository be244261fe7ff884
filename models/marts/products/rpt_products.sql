with products as (

    select * from {{ ref('stg_shop__products') }}

),

items as (

    select * from {{ ref('fct_order_items') }}

    where is_valid

),

sales as (

    select
        items.product_id,
        count(distinct items.order_id) as orders,
        count(distinct orders.customer_id) as customers,
        sum(items.quantity) as units,
        sum(items.returned_quantity) as returned_units,
        sum(items.net_amount) as net_amount,
        -- if one line has no cost, the margin is null, because a partial sum would be too low
        case when count(items.margin_amount) = count(*) then sum(items.margin_amount) end as margin_amount

    from items
    inner join {{ ref('int_orders') }} as orders on items.order_id = orders.order_id

    group by items.product_id

),

session_products as (

    select
        session_key,
        product_id,
        sum(case when event_name = 'view_product' then 1 else 0 end) as views,
        sum(case when event_name = 'add_to_cart' then 1 else 0 end) as cart_adds

    from {{ ref('int_session_events') }}

    where event_name in ('view_product', 'add_to_cart') and product_id is not null

    group by session_key, product_id

),

ordered_products as (

    select distinct
        order_events.converted_session_key as session_key,
        items.product_id

    from items
    inner join {{ ref('int_order_events') }} as order_events on items.order_id = order_events.order_id

),

conversions as (

    select
        session_products.product_id,
        sum(session_products.views) as product_views,
        sum(case when session_products.views > 0 then 1 else 0 end) as view_sessions,
        sum(case when session_products.views > 0 and session_products.cart_adds > 0 then 1 else 0 end) as view_and_cart_sessions,
        sum(case when session_products.cart_adds > 0 then 1 else 0 end) as cart_sessions,
        sum(
            case when session_products.cart_adds > 0 and ordered_products.product_id is not null then 1 else 0 end
        ) as cart_and_order_sessions

    from session_products
    left join ordered_products
        on
            session_products.session_key = ordered_products.session_key
            and session_products.product_id = ordered_products.product_id

    group by session_products.product_id

),

-- order lines and events may have products missing from the catalog
known as (

    select product_id from products

    union

    select product_id from sales

    union

    select product_id from conversions

),

final as (

    select
        known.product_id,
        products.product_name,
        coalesce(products.category, 'unknown') as category,
        coalesce(products.brand, 'unknown') as brand,
        cast(coalesce(sales.orders, 0) as bigint) as orders,
        cast(coalesce(sales.customers, 0) as bigint) as customers,
        cast(coalesce(sales.units, 0) as bigint) as units,
        cast(coalesce(sales.returned_units, 0) as bigint) as returned_units,
        {{ safe_divide('sales.returned_units', 'sales.units') }} as return_rate,
        cast(coalesce(sales.net_amount, 0) as numeric(18, 2)) as net_amount,
        cast(sales.margin_amount as numeric(18, 2)) as margin_amount,
        {% for counted in [
            'product_views', 'view_sessions', 'view_and_cart_sessions', 'cart_sessions', 'cart_and_order_sessions',
        ] -%}
        cast(coalesce(conversions.{{ counted }}, 0) as bigint) as {{ counted }},
        {% endfor -%}
        {{ safe_divide('conversions.view_and_cart_sessions', 'conversions.view_sessions') }} as view_to_cart_rate,
        {{ safe_divide('conversions.cart_and_order_sessions', 'conversions.cart_sessions') }} as cart_to_order_rate

    from known
    left join products on known.product_id = products.product_id
    left join sales on known.product_id = sales.product_id
    left join conversions on known.product_id = conversions.product_id

)

select * from final
