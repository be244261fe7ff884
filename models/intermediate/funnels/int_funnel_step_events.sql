with steps as (

    select * from {{ ref('int_funnel_steps') }}

),

events as (

    select * from {{ ref('int_session_events') }}

),

order_sessions as (

    select * from {{ ref('int_order_sessions') }}

),

-- the session start is a step of its own, so that its first event can count for a later step
visits as (

    select
        person_key,
        session_key,
        min(occurred_at) as happened_at

    from events

    group by person_key, session_key

),

orders as (

    select
        orders.ordered_at,
        -- a paid order without paid_at counts as paid at ordered_at
        coalesce(orders.paid_at, case when orders.status not in ('placed', 'cancelled') then orders.ordered_at end) as paid_at,
        -- a guest order belongs to the person of its session
        coalesce(persons.person_key, order_sessions.person_key) as person_key,
        order_sessions.session_key,
        order_sessions.started_at,
        order_sessions.closed_at

    from {{ ref('int_orders') }} as orders
    left join {{ ref('int_persons') }} as persons on orders.customer_id = persons.person_id
    left join order_sessions on orders.order_id = order_sessions.order_id

),

order_events as (

    select
        person_key,
        session_key,
        started_at,
        closed_at,
        ordered_at as happened_at,
        'place_order' as event_name

    from orders

    union all

    select
        person_key,
        session_key,
        started_at,
        closed_at,
        paid_at as happened_at,
        'pay' as event_name

    from orders

),

tracked_order_events as (

    select distinct event_name
    from events
    where event_name in ('place_order', 'pay')

),

all_events as (

    select
        person_key,
        session_key,
        happened_at,
        'visit' as event_name

    from visits

    union all

    select
        person_key,
        session_key,
        occurred_at as happened_at,
        event_name

    from events

    union all

    -- orders provide only steps that the events never contain; steps after the session are not within it
    select
        order_events.person_key,
        case
            when order_events.happened_at between order_events.started_at and order_events.closed_at
                then order_events.session_key
        end as session_key,
        order_events.happened_at,
        order_events.event_name

    from order_events
    left join tracked_order_events on order_events.event_name = tracked_order_events.event_name

    where
        order_events.happened_at is not null
        and order_events.person_key is not null
        and tracked_order_events.event_name is null

),

funnel_steps as (

    select
        -- one number for funnel and person or session, because sorting by one key is cheaper than by two
        case when steps.is_within_session then all_events.session_key else all_events.person_key end * 100
        + steps.funnel_number as track_key,
        all_events.happened_at,
        cast(steps.step_number as smallint) as step_number,
        all_events.session_key

    from all_events
    inner join steps on all_events.event_name = steps.event_name

    where not steps.is_within_session or all_events.session_key is not null

),

final as (

    -- simultaneous first steps are one entry
    select
        track_key,
        happened_at,
        step_number,
        min(session_key) as session_key

    from funnel_steps

    where step_number = 1

    group by track_key, happened_at, step_number

    union all

    select
        track_key,
        happened_at,
        step_number,
        session_key

    from funnel_steps

    where step_number > 1

)

select * from final
