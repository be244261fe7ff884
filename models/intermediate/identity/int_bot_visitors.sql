with as_of as (

    select * from {{ ref('int_as_of') }}

),

hours as (

    select
        events.actor_id,
        events.visitor_id,
        date_trunc('hour', events.occurred_at) as hour_at,
        count(*) as events

    from {{ ref('stg_shop__events') }} as events
    cross join as_of

    where
        events.visitor_id is not null
        and {{ is_up_to_as_of('events.occurred_at') }}

    group by events.actor_id, events.visitor_id, date_trunc('hour', events.occurred_at)

),

final as (

    select
        actor_id,
        visitor_id,
        max(events) as most_events_in_an_hour

    from hours

    where events > {{ var('bot_events_per_hour') }}

    group by actor_id, visitor_id

)

select * from final
