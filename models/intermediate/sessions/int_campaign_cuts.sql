with campaign_events as (

    select
        person_key,
        occurred_at,
        campaign,
        lag(campaign) over (
            partition by person_key order by occurred_at, {{ byte_order('event_key') }}
        ) as previous_campaign

    from {{ ref('int_events_identified') }}

    where
        {{ var('session_cut_on_campaign') }}
        and campaign is not null
        and session_id is null

),

final as (

    select distinct
        person_key,
        occurred_at

    from campaign_events

    where campaign <> previous_campaign

)

select * from final
