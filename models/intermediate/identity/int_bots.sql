with as_of as (

    select * from {{ ref('int_as_of') }}

),

patterns as (

    select replace(replace(lower(pattern), '_', '!_'), '*', '%') as like_pattern
    from {{ ref('bot_user_agents') }}

),

user_agents as (

    select distinct user_agent
    from {{ ref('stg_shop__events') }}
    where user_agent is not null

),

visitor_hours as (

    select
        events.visitor_id,
        date_trunc('hour', events.occurred_at) as hour_at,
        count(*) as events

    from {{ ref('stg_shop__events') }} as events
    cross join as_of

    where events.visitor_id is not null and {{ is_up_to_as_of('events.occurred_at') }}

    group by events.visitor_id, date_trunc('hour', events.occurred_at)

),

-- a customer may have several ids
customer_hours as (

    select
        coalesce(identity_map.customer_id, events.customer_id) as customer_id,
        date_trunc('hour', events.occurred_at) as hour_at,
        count(*) as events

    from {{ ref('stg_shop__events') }} as events
    cross join as_of
    left join {{ ref('stg_shop__identity_map') }} as identity_map
        on {{ link_applies('events.customer_id', 'events.occurred_at') }}

    where
        events.visitor_id is null
        and events.customer_id is not null
        and {{ is_up_to_as_of('events.occurred_at') }}

    group by coalesce(identity_map.customer_id, events.customer_id), date_trunc('hour', events.occurred_at)

),

final as (

    select distinct
        'user_agent' as kind,
        user_agents.user_agent as identifier

    from user_agents
    inner join patterns on lower(user_agents.user_agent) like patterns.like_pattern escape '!'

    union all

    select distinct
        'visitor' as kind,
        visitor_id as identifier

    from visitor_hours

    where events > {{ var('bot_events_per_hour') }}

    union all

    select distinct
        'customer' as kind,
        customer_id as identifier

    from customer_hours

    where events > {{ var('bot_events_per_hour') }}

)

select * from final
