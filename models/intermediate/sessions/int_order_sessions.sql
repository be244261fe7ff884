with orders as (

    select
        orders.order_id,
        orders.ordered_at,
        persons.person_key

    from {{ ref('int_orders') }} as orders
    left join {{ ref('int_persons') }} as persons on orders.customer_id = persons.person_id

),

sessions as (

    select
        session_key,
        person_key,
        min(occurred_at) as started_at,
        max(occurred_at) + interval '{{ var("session_timeout_minutes") }} minutes' as closed_at

    from {{ ref('int_session_events') }}

    group by session_key, person_key

),

order_events as (

    select
        events.order_id,
        events.session_key,
        row_number() over (partition by events.order_id order by events.occurred_at, events.session_key) as event_age

    from {{ ref('int_session_events') }} as events
    inner join orders on events.order_id = orders.order_id

),

event_sessions as (

    select
        order_id,
        session_key

    from order_events

    where event_age = 1

),

orders_without_event as (

    select orders.*
    from orders
    left join event_sessions on orders.order_id = event_sessions.order_id
    where event_sessions.order_id is null

),

running_sessions as (

    select
        orders_without_event.order_id,
        sessions.session_key,
        row_number() over (
            partition by orders_without_event.order_id order by sessions.started_at desc, sessions.session_key desc
        ) as session_age

    from orders_without_event
    inner join sessions
        on
            orders_without_event.person_key = sessions.person_key
            and orders_without_event.ordered_at >= sessions.started_at
            and orders_without_event.ordered_at <= sessions.closed_at

),

order_sessions as (

    select
        order_id,
        session_key

    from event_sessions

    union all

    select
        order_id,
        session_key

    from running_sessions

    where session_age = 1

),

final as (

    select
        order_sessions.order_id,
        order_sessions.session_key,
        sessions.person_key,
        sessions.started_at,
        sessions.closed_at

    from order_sessions
    inner join sessions on order_sessions.session_key = sessions.session_key

)

select * from final
