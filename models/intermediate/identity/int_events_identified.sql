with events as (

    select
        countable.*,
        -- no filter: DuckDB would underestimate the remaining events and choose a bad join order
        case when left_out_reason is null then coalesce(customer_id, 'visitor:' || visitor_id) end as actor_id,
        case when customer_id is null then occurred_at end as anonymous_at

    from {{ ref('int_events_countable') }} as countable

),

persons as (

    select * from {{ ref('int_persons') }}

),

identities as (

    select * from {{ ref('int_visitor_identities') }}
    where identity_rule <> 'login'

),

touches as (

    select * from {{ ref('int_touches') }}

),

final as (

    select
        coalesce(identities.customer_key, persons.person_key) as person_key,
        events.event_key,
        events.occurred_at,
        events.event_name,
        case
            when events.customer_id is not null then 'customer_id' else coalesce(identities.identity_rule, 'visitor')
        end as identity_rule,
        events.session_id,
        events.product_id,
        events.order_id,
        touches.touch_key,
        events.page

    from events
    inner join persons on events.actor_id = persons.person_id
    inner join touches
        on
            coalesce(events.channel, '') = touches.channel
            and coalesce(events.device, '') = touches.device
            and coalesce(events.source, '') = touches.source
            and coalesce(events.medium, '') = touches.medium
            and coalesce(events.campaign, '') = touches.campaign
    left join identities
        on persons.person_key = identities.visitor_key and events.anonymous_at = identities.occurred_at

)

select * from final
