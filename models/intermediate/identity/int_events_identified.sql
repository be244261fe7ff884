with events as (

    select
        countable.*,
        case when customer_id is null then visitor_id end as anonymous_visitor_id

    from {{ ref('int_events_countable') }} as countable

    where left_out_reason is null

),

identities as (

    select * from {{ ref('int_visitor_identities') }}

),

joined as (

    select
        events.*,
        coalesce(events.customer_id, identities.customer_id, 'visitor:' || events.visitor_id) as person_id,
        case
            when events.customer_id is not null then 'customer_id' else coalesce(identities.identity_rule, 'visitor')
        end as identity_rule

    from events
    left join identities
        on events.anonymous_visitor_id = identities.visitor_id and events.occurred_at = identities.occurred_at

),

final as (

    select
        persons.person_key,
        joined.actor_id,
        joined.event_key,
        joined.occurred_at,
        joined.event_name,
        joined.identity_rule,
        joined.session_id,
        joined.product_id,
        joined.order_id,
        joined.channel,
        joined.device,
        joined.source,
        joined.medium,
        joined.campaign,
        joined.page

    from joined
    inner join {{ ref('int_person_keys') }} as persons on joined.person_id = persons.person_id

)

select * from final
