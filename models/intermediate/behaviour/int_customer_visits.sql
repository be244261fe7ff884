with sessions as (

    select * from {{ ref('int_sessions') }}
    where customer_id is not null

),

touches as (

    select
        customer_id,
        source,
        medium,
        campaign,
        row_number() over (partition by customer_id order by session_number) as touch_number

    from sessions

    where source <> 'unknown'

),

channels as (

    select
        customer_id,
        channel,
        row_number() over (
            partition by customer_id order by count(*) desc, max(started_at) desc, {{ binary_collation('channel') }}
        ) as channel_rank

    from sessions

    where channel <> 'unknown'

    group by customer_id, channel

),

totals as (

    select
        customer_id,
        count(*) as sessions,
        min(session_date) as first_session_date,
        max(session_date) as last_session_date

    from sessions

    group by customer_id

),

final as (

    select
        totals.customer_id,
        totals.sessions,
        totals.first_session_date,
        totals.last_session_date,
        touches.source as first_touch_source,
        touches.medium as first_touch_medium,
        touches.campaign as first_touch_campaign,
        channels.channel as preferred_visit_channel

    from totals
    left join touches on totals.customer_id = touches.customer_id and touches.touch_number = 1
    left join channels on totals.customer_id = channels.customer_id and channels.channel_rank = 1

)

select * from final
