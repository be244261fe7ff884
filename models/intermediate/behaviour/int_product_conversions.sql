with session_products as (

    select
        person_key,
        visit_anchor_at,
        given_session_id,
        product_id,
        sum(case when event_name = 'view_product' then 1 else 0 end) as views,
        sum(case when event_name = 'add_to_cart' then 1 else 0 end) as cart_adds

    from {{ ref('int_events_sessionized') }}

    where event_name in ('view_product', 'add_to_cart') and product_id is not null

    group by person_key, visit_anchor_at, given_session_id, product_id

),

ordered_products as (

    select distinct
        order_sessions.session_key,
        items.product_id

    from {{ ref('int_order_items_valued') }} as items
    inner join {{ ref('int_order_sessions') }} as order_sessions on items.order_id = order_sessions.order_id

    where items.is_valid

),

joined as (

    select
        session_products.product_id,
        session_products.views,
        session_products.cart_adds,
        ordered_products.product_id is not null as is_ordered

    from session_products
    inner join {{ ref('int_sessions') }} as sessions
        on
            session_products.person_key = sessions.person_key
            and session_products.visit_anchor_at = sessions.visit_anchor_at
            and session_products.given_session_id = sessions.given_session_id
    left join ordered_products
        on sessions.session_key = ordered_products.session_key and session_products.product_id = ordered_products.product_id

),

final as (

    select
        product_id,
        sum(views) as product_views,
        sum(case when views > 0 then 1 else 0 end) as view_sessions,
        sum(case when views > 0 and cart_adds > 0 then 1 else 0 end) as view_and_cart_sessions,
        sum(case when cart_adds > 0 then 1 else 0 end) as cart_sessions,
        sum(case when cart_adds > 0 and is_ordered then 1 else 0 end) as cart_and_order_sessions

    from joined

    group by product_id

)

select * from final
