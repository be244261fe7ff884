with candidates as (

    select
        purchases.customer_id,
        'bought' as suggestion,
        items.product_id,
        row_number() over (
            partition by purchases.customer_id
            order by count(*) desc, sum(items.paid_amount) desc, {{ binary_collation('items.product_id') }}
        ) as product_rank

    from {{ ref('int_purchases') }} as purchases
    inner join {{ ref('int_order_items_valued') }} as items on purchases.order_id = items.order_id

    where purchases.customer_id is not null and items.product_id is not null and items.returned_quantity < items.quantity

    group by purchases.customer_id, items.product_id

    union all

    -- if the latest product is not recorded, an older one is not suggested instead
    select
        sessions.customer_id,
        'cart' as suggestion,
        events.product_id,
        row_number() over (
            partition by sessions.customer_id order by events.occurred_at desc, {{ binary_collation('events.product_id') }} nulls last
        ) as product_rank

    from {{ ref('int_session_events') }} as events
    inner join {{ ref('int_sessions') }} as sessions on events.session_key = sessions.session_key

    where events.event_name = 'add_to_cart' and sessions.customer_id is not null

),

final as (

    select
        candidates.customer_id,
        candidates.suggestion,
        candidates.product_id,
        products.product_name

    from candidates
    left join {{ ref('stg_shop__products') }} as products on candidates.product_id = products.product_id

    where candidates.product_rank = 1 and candidates.product_id is not null

)

select * from final
