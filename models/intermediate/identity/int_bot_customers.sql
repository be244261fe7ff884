with as_of as (

    select * from {{ ref('int_as_of') }}

),

-- a customer may act under several ids: few events come without a visitor, so all of them are counted in each run
hours as (

    select
        coalesce(aliases.customer_id, events.customer_id) as customer_id,
        date_trunc('hour', events.occurred_at) as hour_at,
        count(*) as events

    from {{ ref('stg_shop__events') }} as events
    cross join as_of
    left join {{ ref('stg_shop__customer_aliases') }} as aliases
        on {{ link_applies('events.customer_id', 'events.occurred_at') }}

    where
        events.visitor_id is null
        and events.customer_id is not null
        and {{ is_up_to_as_of('events.occurred_at') }}

    group by coalesce(aliases.customer_id, events.customer_id), date_trunc('hour', events.occurred_at)

),

final as (

    select
        customer_id,
        max(events) as most_events_in_an_hour

    from hours

    where events > {{ var('bot_events_per_hour') }}

    group by customer_id

)

select * from final
