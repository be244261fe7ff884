-- one row per campaign; an export with variations has one row per variation
with campaigns as (

    select
        *,
        coalesce("campaign id", "campaign name") as id
    from campaigns_export
    qualify file_number = max(file_number) over (partition by coalesce("campaign id", "campaign name"))

)

select
    id as campaign_id,
    max("campaign name") as campaign_name,
    coalesce(max(lower("campaign channel")), 'email') as campaign_type,
    min("send time") as starts_at
from campaigns
group by id
order by starts_at, campaign_id
