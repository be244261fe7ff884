with events_of_the_shop as (

    select * from {{ ref('int_order_event_names') }}

),

orders as (

    select
        orders.ordered_at,
        -- a paid order without a time of payment was paid when it was placed
        coalesce(orders.paid_at, case when orders.status not in ('placed', 'cancelled') then orders.ordered_at end) as paid_at,
        -- the order of a guest is the person's to whose session it belongs
        coalesce(persons.person_key, sessions.person_key) as person_key,
        sessions.session_key,
        sessions.started_at,
        sessions.ended_at + interval '{{ var("session_timeout_minutes") }} minutes' as closed_at

    from {{ ref('int_orders') }} as orders
    left join {{ ref('int_persons') }} as persons on orders.customer_id = persons.person_id
    left join {{ ref('int_order_sessions') }} as order_sessions on orders.order_id = order_sessions.order_id
    left join {{ ref('int_sessions') }} as sessions on order_sessions.session_key = sessions.session_key

),

moments as (

    select
        person_key,
        -- what came after the session is no step within it
        case when ordered_at between started_at and closed_at then session_key end as session_key,
        ordered_at as happened_at,
        'place_order' as event_name

    from orders

    where person_key is not null

    union all

    select
        person_key,
        case when paid_at between started_at and closed_at then session_key end as session_key,
        paid_at as happened_at,
        'pay' as event_name

    from orders

    where paid_at is not null and person_key is not null

),

-- what the shop's own events tell is not counted from its orders again
final as (

    select moments.*
    from moments
    left join events_of_the_shop on moments.event_name = events_of_the_shop.event_name
    where events_of_the_shop.event_name is null

)

select * from final
