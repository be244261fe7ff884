with as_of as (

    select * from {{ ref('int_as_of') }}

),

-- who acts is the visitor, else the customer
events as (

    select
        stg_events.visitor_id,
        case when stg_events.visitor_id is null then coalesce(aliases.customer_id, stg_events.customer_id) end as customer_id,
        date_trunc('hour', stg_events.occurred_at) as hour_at

    from {{ ref('stg_shop__events') }} as stg_events
    cross join as_of
    left join {{ ref('stg_shop__customer_aliases') }} as aliases
        on
            stg_events.customer_id = aliases.identifier
            and stg_events.occurred_at >= aliases.valid_from
            and stg_events.occurred_at < aliases.valid_to

    where stg_events.occurred_at < as_of.as_of_end_at

),

hours as (

    select
        visitor_id,
        customer_id,
        hour_at,
        count(*) as events

    from events

    where visitor_id is not null or customer_id is not null

    group by visitor_id, customer_id, hour_at

),

final as (

    select
        visitor_id,
        customer_id,
        max(events) as most_events_in_an_hour

    from hours

    where events > {{ var('bot_events_per_hour') }}

    group by visitor_id, customer_id

)

select * from final
