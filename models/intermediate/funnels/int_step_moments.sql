{{ config(materialized='view') }}

with steps as (

    select distinct event_name
    from {{ ref('int_funnel_steps') }}

),

events as (

    select
        session_events.person_key,
        session_events.session_key,
        session_events.occurred_at as happened_at,
        session_events.event_name

    from {{ ref('int_session_events') }} as session_events
    inner join steps on session_events.event_name = steps.event_name

),

-- the start of a session is a moment of its own, so that its first event may serve a later step
visits as (

    select
        person_key,
        session_key,
        started_at as happened_at,
        'visit' as event_name

    from {{ ref('int_sessions') }}

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
