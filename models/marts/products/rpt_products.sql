with products as (

    select * from {{ ref('stg_shop__products') }}

),

sales as (

    select
        items.product_id,
        count(distinct items.order_id) as orders,
        count(distinct orders.customer_id) as customers,
        sum(items.quantity) as units,
        sum(items.returned_quantity) as returned_units,
        sum(items.kept_amount) as net_amount

    from {{ ref('int_order_items_valued') }} as items
    inner join {{ ref('int_orders') }} as orders on items.order_id = orders.order_id

    where items.is_valid

    group by items.product_id

),

conversions as (

    select * from {{ ref('int_product_conversions') }}

),

-- lines and events may name products that the catalogue does not know
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
        {{ share('sales.returned_units', 'sales.units') }} as return_rate,
        cast(coalesce(sales.net_amount, 0) as numeric(18, 2)) as net_amount,
        {% for counted in [
            'product_views', 'view_sessions', 'view_and_cart_sessions', 'cart_sessions', 'cart_and_order_sessions',
        ] -%}
        cast(coalesce(conversions.{{ counted }}, 0) as bigint) as {{ counted }},
        {% endfor -%}
        {{ share('conversions.view_and_cart_sessions', 'conversions.view_sessions') }} as view_to_cart_rate,
        {{ share('conversions.cart_and_order_sessions', 'conversions.cart_sessions') }} as cart_to_order_rate

    from known
    left join products on known.product_id = products.product_id
    left join sales on known.product_id = sales.product_id
    left join conversions on known.product_id = conversions.product_id

)

select * from final
