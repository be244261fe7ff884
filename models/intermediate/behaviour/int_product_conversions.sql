with session_products as (

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

    from {{ ref('int_order_items_valued') }} as items
    inner join {{ ref('int_order_events') }} as order_events on items.order_id = order_events.order_id

    where items.is_valid

),

final as (

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

)

select * from final
