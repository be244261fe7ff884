{%- set is_rated = 'first_orders.first_customers >= thresholds.minimum_customers' -%}

with items as (

    select * from {{ ref('fct_order_items') }}

    where is_valid

),

product_customers as (

    select
        items.product_id,
        orders.customer_id,
        count(distinct items.order_id) as orders,
        count(*) as order_lines,
        sum(items.quantity) as units,
        sum(items.returned_quantity) as returned_units,
        sum(items.net_amount) as net_amount,
        sum(items.margin_amount) as margin_amount,
        count(items.margin_amount) as costed_lines,
        count(items.is_discounted) as priced_lines,
        count(case when items.is_discounted then 1 end) as discounted_lines

    from items
    inner join {{ ref('int_orders') }} as orders on items.order_id = orders.order_id

    group by items.product_id, orders.customer_id

),

sales as (

    select
        product_id,
        sum(orders) as orders,
        count(customer_id) as customers,
        count(case when orders >= 2 then customer_id end) as repeat_customers,
        sum(units) as units,
        sum(returned_units) as returned_units,
        sum(net_amount) as net_amount,
        -- if one line has no cost, the margin is null, because a partial sum would be too low
        case when sum(costed_lines) = sum(order_lines) then sum(margin_amount) end as margin_amount,
        sum(priced_lines) as priced_lines,
        sum(discounted_lines) as discounted_lines

    from product_customers

    group by product_id

),

first_orders as (

    select
        items.product_id,
        count(distinct first_orders.customer_id) as first_customers,
        count(distinct case when first_orders.has_repeated then first_orders.customer_id end) as first_repeat_customers

    from items
    inner join {{ ref('int_first_orders') }} as first_orders on items.order_id = first_orders.order_id

    group by items.product_id

),

shop as (

    select {{ safe_divide('count(case when has_repeated then 1 end)', 'count(*)') }} as first_repeat_rate
    from {{ ref('int_first_orders') }}

),

ratings as (

    select
        reviews.product_id,
        count(*) as ratings,
        sum(reviews.rating) as rating_points

    from {{ ref('stg_shop__reviews') }} as reviews
    cross join {{ ref('int_as_of') }} as as_of

    where reviews.rating is not null and {{ is_up_to_as_of('reviews.created_at') }}

    group by reviews.product_id

),

final as (

    select
        products.product_id,
        products.product_name,
        products.category,
        products.brand,
        products.list_price,
        products.price_level,
        products.stock_class,
        products.first_sold_on,
        products.last_sold_on,
        {% for counted in ['orders', 'customers', 'repeat_customers'] -%}
        cast(coalesce(sales.{{ counted }}, 0) as bigint) as {{ counted }},
        {% endfor -%}
        {{ safe_divide('sales.repeat_customers', 'sales.customers') }} as repurchase_rate,
        cast(coalesce(first_orders.first_customers, 0) as bigint) as first_customers,
        cast(coalesce(first_orders.first_repeat_customers, 0) as bigint) as first_repeat_customers,
        case
            when {{ is_rated }} then {{ safe_divide('first_orders.first_repeat_customers', 'first_orders.first_customers') }}
        end as first_repeat_rate,
        {% for bound, sign in {'lower': '-', 'upper': '+'}.items() -%}
        case
            when {{ is_rated }}
                then cast({{ wilson_bound('first_orders.first_repeat_customers', 'first_orders.first_customers', sign) }} as numeric(18, 6))
        end as first_repeat_rate_{{ bound }},
        {% endfor -%}
        shop.first_repeat_rate as shop_first_repeat_rate,
        cast(coalesce(sales.units, 0) as bigint) as units,
        cast(coalesce(sales.returned_units, 0) as bigint) as returned_units,
        {{ safe_divide('sales.returned_units', 'sales.units') }} as return_rate,
        cast(coalesce(sales.net_amount, 0) as numeric(18, 2)) as net_amount,
        cast(sales.margin_amount as numeric(18, 2)) as margin_amount,
        cast(coalesce(sales.priced_lines, 0) as bigint) as priced_lines,
        cast(coalesce(sales.discounted_lines, 0) as bigint) as discounted_lines,
        {{ safe_divide('sales.discounted_lines', 'sales.priced_lines') }} as discount_share,
        cast(coalesce(ratings.ratings, 0) as bigint) as ratings,
        cast({{ divide_half_up('ratings.rating_points', 'ratings.ratings', 2) }} as numeric(18, 2)) as rating,
        {% for counted in [
            'product_views', 'view_sessions', 'view_and_cart_sessions', 'cart_sessions', 'cart_and_order_sessions',
        ] -%}
        cast(coalesce(conversions.{{ counted }}, 0) as bigint) as {{ counted }},
        {% endfor -%}
        {{ safe_divide('conversions.view_and_cart_sessions', 'conversions.view_sessions') }} as view_to_cart_rate,
        {{ safe_divide('conversions.cart_and_order_sessions', 'conversions.cart_sessions') }} as cart_to_order_rate

    from {{ ref('dim_products') }} as products
    cross join shop
    cross join {{ ref('product_thresholds') }} as thresholds
    left join sales on products.product_id = sales.product_id
    left join first_orders on products.product_id = first_orders.product_id
    left join ratings on products.product_id = ratings.product_id
    left join {{ ref('int_product_conversions') }} as conversions on products.product_id = conversions.product_id

)

select * from final
