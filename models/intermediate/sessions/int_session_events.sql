with events as (

    select * from {{ ref('int_events_sessionized') }}

),

sessions as (

    select * from {{ ref('int_sessions') }}

),

final as (

    select
        sessions.session_key,
        events.person_key,
        events.occurred_at,
        events.event_name,
        events.product_id,
        events.order_id

    from events
    inner join sessions
        on
            events.person_key = sessions.person_key
            and events.visit_anchor_at = sessions.visit_anchor_at
            and events.given_session_id = sessions.given_session_id

)

select * from final
