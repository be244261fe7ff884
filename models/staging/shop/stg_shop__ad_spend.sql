with source as (

    select * from {{ ref('base_shop__ad_spend') }}

    where rejection_reason is null

),

{{ mapped_values(ref('base_shop__ad_spend'), 'source', 'traffic_mapping', 'source') }},

{{ mapped_values(ref('base_shop__ad_spend'), 'medium', 'traffic_mapping', 'medium') }},

{{ mapped_values(ref('base_shop__ad_spend'), 'campaign', 'traffic_mapping', 'campaign') }},

renamed as (

    select
        source.spend_date,
        case
            when source_values.is_mapped then coalesce(source_values.mapped_value, 'unknown')
            else lower(source.source)
        end as source,
        case when medium_values.is_mapped then medium_values.mapped_value else lower(source.medium) end as medium,
        case when campaign_values.is_mapped then campaign_values.mapped_value else source.campaign end as campaign,
        cast(source.cost_amount as numeric(18, 2)) as cost_amount,
        source.impressions,
        source.clicks

    from source
    left join source_values on source.source = source_values.raw_value
    left join medium_values on source.medium = medium_values.raw_value
    left join campaign_values on source.campaign = campaign_values.raw_value

)

select * from renamed
