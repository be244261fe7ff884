{{ config(materialized='view') }}

with as_of as (

    select * from {{ ref('int_as_of') }}

),

bots as (

    select * from {{ ref('int_bots') }}

),

events as (

    select
        stg_events.*,
        as_of.as_of_end_at,
        coalesce(identity_map.customer_id, stg_events.customer_id) as resolved_customer_id,
        case
            when stg_events.visitor_id is null then coalesce(identity_map.customer_id, stg_events.customer_id)
        end as acting_customer_id

    from {{ ref('stg_shop__events') }} as stg_events
    cross join as_of
    left join {{ ref('stg_shop__identity_map') }} as identity_map
        on {{ link_applies('stg_events.customer_id', 'stg_events.occurred_at') }}

),

final as (

    select
        events.event_key,
        events.occurred_at,
        events.event_name,
        events.visitor_id,
        events.resolved_customer_id as customer_id,
        events.session_id,
        events.product_id,
        events.order_id,
        events.channel,
        events.device,
        events.source,
        events.medium,
        events.campaign,
        events.page,
        case
            when not {{ is_up_to_as_of('events.occurred_at', as_of='events') }} then 'after_as_of'
            when bot_user_agents.identifier is not null then 'bot_user_agent'
            when bot_visitors.identifier is not null or bot_customers.identifier is not null then 'bot_rate'
            when events.visitor_id is null and events.customer_id is null then 'no_person'
        end as left_out_reason

    from events
    left join bots as bot_user_agents on events.user_agent = bot_user_agents.identifier and bot_user_agents.kind = 'user_agent'
    left join bots as bot_visitors on events.visitor_id = bot_visitors.identifier and bot_visitors.kind = 'visitor'
    left join bots as bot_customers
        on events.acting_customer_id = bot_customers.identifier and bot_customers.kind = 'customer'

)

select * from final
