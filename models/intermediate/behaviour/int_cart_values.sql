with products as (

    select * from {{ ref('stg_shop__products') }}

),

changes as (

    select
        person_key,
        visit_anchor_at,
        given_session_id,
        product_id,
        sum(case when event_name = 'add_to_cart' then 1 else -1 end) as units

    from {{ ref('int_events_sessionized') }}

    where event_name in ('add_to_cart', 'remove_from_cart') and product_id is not null

    group by person_key, visit_anchor_at, given_session_id, product_id

),

final as (

    select
        sessions.session_key,
        cast(sum(changes.units * products.list_price) as numeric(18, 2)) as cart_amount

    from changes
    inner join {{ ref('int_sessions') }} as sessions
        on
            changes.person_key = sessions.person_key
            and changes.visit_anchor_at = sessions.visit_anchor_at
            and changes.given_session_id = sessions.given_session_id
    inner join products on changes.product_id = products.product_id

    where changes.units > 0

    group by sessions.session_key

)

select * from final
