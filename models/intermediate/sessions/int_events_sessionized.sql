{{ config(materialized='view') }}

with events as (

    select * from {{ ref('int_events_identified') }}

),

visits as (

    select * from {{ ref('int_visits') }}

),

-- events with and without a session id of their own never mix
split as (

    select
        events.*,
        coalesce(events.session_id, '') as given_session_id,
        case when events.session_id is null then events.occurred_at end as uncut_at

    from events

),

final as (

    select
        split.person_key,
        split.given_session_id,
        coalesce(visits.visit_anchor_at, cast('0001-01-01' as timestamp)) as visit_anchor_at,
        split.event_key,
        split.occurred_at,
        split.event_name,
        split.identity_rule,
        split.product_id,
        split.order_id,
        split.channel,
        split.device,
        split.source,
        split.medium,
        split.campaign,
        split.page

    from split
    left join visits on split.person_key = visits.person_key and split.uncut_at = visits.occurred_at

)

select * from final
