with steps as (

    select * from {{ ref('int_funnel_steps') }}

),

all_events as (

    -- the session start is a step of its own, so that its first event can count for a later step
    select
        person_key,
        session_key,
        started_at as happened_at,
        'visit' as event_name

    from {{ ref('int_visits') }}

    union all

    select
        person_key,
        session_key,
        occurred_at as happened_at,
        event_name

    from {{ ref('int_session_events') }}

    where event_name not in ('place_order', 'pay')

    union all

    -- with the orders that the events lack, each order once
    select
        person_key,
        session_key,
        occurred_at as happened_at,
        event_name

    from {{ ref('int_order_events') }}

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
