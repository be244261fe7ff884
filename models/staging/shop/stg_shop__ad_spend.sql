with source as (

    select * from {{ ref('base_shop__ad_spend') }}

    where rejection_reason is null

),

{{ mapped_values('base_shop__ad_spend', 'source', 'traffic_mapping', 'source') }},

{{ mapped_values('base_shop__ad_spend', 'medium', 'traffic_mapping', 'medium') }},

{{ mapped_values('base_shop__ad_spend', 'campaign', 'traffic_mapping', 'campaign') }},

renamed as (

    select
        source.spend_date,
        case
            when source_values.raw_value is null then lower({{ mask_personal('source.source') }})
            else coalesce(source_values.mapped_value, 'unknown')
        end as source,
        case when medium_values.raw_value is null then lower(source.medium) else medium_values.mapped_value end as medium,
        case when campaign_values.raw_value is null then source.campaign else campaign_values.mapped_value end as campaign,
        cast(source.cost_amount as numeric(18, 2)) as cost_amount,
        source.impressions,
        source.clicks

    from source
    left join source_values on source.source = source_values.raw_value
    left join medium_values on source.medium = medium_values.raw_value
    left join campaign_values on source.campaign = campaign_values.raw_value

)

select * from renamed
