with steps as (

    select distinct event_name
    from {{ ref('int_funnel_steps') }}

),

sessions as (

    select * from {{ ref('int_sessions') }}

),

events as (

    select
        sessions.person_key,
        sessions.session_key,
        events.occurred_at as happened_at,
        events.event_name

    from {{ ref('int_events_sessionized') }} as events
    inner join steps on events.event_name = steps.event_name
    inner join sessions
        on
            events.person_key = sessions.person_key
            and events.visit_anchor_at = sessions.visit_anchor_at
            and events.given_session_id = sessions.given_session_id

),

-- the start of a session is a moment of its own, so that its first event may serve a later step
visits as (

    select
        person_key,
        session_key,
        started_at as happened_at,
        'visit' as event_name

    from sessions

),

orders as (

    select
        order_moments.person_key,
        order_moments.session_key,
        order_moments.happened_at,
        order_moments.event_name

    from {{ ref('int_order_moments') }} as order_moments
    inner join steps on order_moments.event_name = steps.event_name

),

final as (

    select * from visits

    union all

    select * from events

    union all

    select * from orders

)

select * from final
