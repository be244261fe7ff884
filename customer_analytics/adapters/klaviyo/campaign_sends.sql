-- one row per campaign and profile that received it
with profiles as (

    select
        "klaviyo id",
        max_by("email", file_number) as email,
        max_by("phone number", file_number) as phone
    from profiles_export
    group by "klaviyo id"

),

-- campaigns that the campaign export knows only by name
named_campaigns as (

    select distinct "campaign name"
    from campaigns_export
    where "campaign id" is null

),

messages as (

    select
        coalesce(named_campaigns."campaign name", events."campaign id", events."campaign name") as campaign_id,
        coalesce(lower(events."email"), lower(profiles.email), profiles.phone, events."profile id") as customer_id,
        lower(split_part(events."event name", ' ', 1)) as action,
        lower(split_part(events."event name", ' ', 2)) as channel,
        case
            when regexp_full_match(events."timestamp", '[0-9]{9,10}')
                then strftime(make_timestamp(cast(events."timestamp" as bigint) * 1000000), '%Y-%m-%dT%H:%M:%SZ')
            else events."timestamp"
        end as happened_at
    from events_export as events
    left join profiles on events."profile id" = profiles."klaviyo id"
    left join named_campaigns on events."campaign name" = named_campaigns."campaign name"
    where
        lower(events."event name") in (
            'received email', 'opened email', 'clicked email', 'received sms', 'clicked sms',
            'received push', 'opened push', 'clicked push'
        )
        -- messages of flows belong to no campaign
        and coalesce(events."campaign id", events."campaign name") is not null

),

timed as (

    select
        *,
        coalesce(try_cast(happened_at as timestamptz), timestamptz '9999-12-31') as moment
    from messages

),

campaigns as (

    select
        coalesce("campaign id", "campaign name") as campaign_id,
        min("send time") as send_time
    from campaigns_export
    group by coalesce("campaign id", "campaign name")

)

select
    timed.campaign_id,
    timed.customer_id,
    coalesce(min_by(happened_at, moment) filter (where action = 'received'), any_value(campaigns.send_time)) as sent_at,
    min_by(channel, moment) as channel,
    min_by(happened_at, moment) filter (where action = 'opened') as opened_at,
    min_by(happened_at, moment) filter (where action = 'clicked') as clicked_at
from timed
left join campaigns on timed.campaign_id = campaigns.campaign_id
group by timed.campaign_id, timed.customer_id
order by sent_at, timed.campaign_id, timed.customer_id
