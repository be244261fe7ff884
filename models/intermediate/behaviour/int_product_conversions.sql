{%- set conversions = {
    'view_sessions': 'session_products.views > 0',
    'view_and_cart_sessions': 'session_products.views > 0 and session_products.cart_adds > 0',
    'cart_sessions': 'session_products.cart_adds > 0',
    'cart_and_order_sessions': 'session_products.cart_adds > 0 and ordered_products.product_id is not null',
} -%}

with session_products as (

    select
        session_key,
        product_id,
        {{ shop_date('min(occurred_at)') }} as event_date,
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

    from {{ ref('int_order_items_valued') }} as items
    inner join {{ ref('int_order_events') }} as order_events on items.order_id = order_events.order_id

    where items.is_valid

),

sale_days as (

    select
        product_id,
        order_date,
        2 * sum(case when paid_amount < list_amount then quantity else 0 end) >= sum(quantity) as is_discounted,
        lead(order_date) over (partition by product_id order by order_date) as next_order_date

    from {{ ref('int_order_items_valued') }}

    where is_valid and list_amount is not null

    group by product_id, order_date

),

days_after as (

    select {{ number_series(0, 7) }} as days_since_sale

),

-- a day without a sale is like the nearest sale day of the week before
price_days as (

    select
        sale_days.product_id,
        cast({{ dbt.dateadd('day', 'days_after.days_since_sale', 'sale_days.order_date') }} as date) as price_date,
        sale_days.is_discounted

    from sale_days
    cross join days_after

    where
        sale_days.next_order_date is null
        or days_after.days_since_sale < {{ dbt.datediff('sale_days.order_date', 'sale_days.next_order_date', 'day') }}

),

final as (

    select
        session_products.product_id,
        sum(session_products.views) as product_views,
        {% for measure, condition in conversions.items() -%}
        sum(case when {{ condition }} then 1 else 0 end) as {{ measure }},
        sum(case when price_days.is_discounted and {{ condition }} then 1 else 0 end) as discounted_{{ measure }},
        sum(case when not price_days.is_discounted and {{ condition }} then 1 else 0 end) as full_price_{{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from session_products
    left join ordered_products
        on
            session_products.session_key = ordered_products.session_key
            and session_products.product_id = ordered_products.product_id
    left join price_days
        on
            session_products.product_id = price_days.product_id
            and session_products.event_date = price_days.price_date

    group by session_products.product_id

)

select * from final
