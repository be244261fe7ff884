with source as (

    select * from {{ ref('base_shop__events') }}

    where rejection_reason is null

),

{{ mapped_values(ref('base_shop__events'), 'event_name', 'event_mapping', 'event') }},

{{ mapped_values(ref('base_shop__events'), 'channel', 'channel_mapping', 'channel') }},

{{ mapped_values(ref('base_shop__events'), 'source', 'traffic_mapping', 'source') }},

{{ mapped_values(ref('base_shop__events'), 'medium', 'traffic_mapping', 'medium') }},

{{ mapped_values(ref('base_shop__events'), 'campaign', 'traffic_mapping', 'campaign') }},

renamed as (

    select
        source.row_key as event_key,
        source.occurred_at,
        {{ shop_date('source.occurred_at') }} as occurred_date,
        coalesce(event_name_values.mapped_value, source.event_name) as event_name,
        coalesce('visitor:' || source.visitor_id, 'customer:' || source.customer_id, 'nobody') as actor_id,
        source.visitor_id,
        source.customer_id,
        source.session_id,
        source.product_id,
        source.order_id,
        coalesce(channel_values.mapped_value, source.channel) as channel,
        source.device,
        case when source_values.is_mapped then source_values.mapped_value else lower(source.source) end as source,
        case when medium_values.is_mapped then medium_values.mapped_value else lower(source.medium) end as medium,
        case when campaign_values.is_mapped then campaign_values.mapped_value else source.campaign end as campaign,
        source.page,
        source.user_agent

    from source
    left join event_name_values on source.event_name = event_name_values.raw_value
    left join channel_values on source.channel = channel_values.raw_value
    left join source_values on source.source = source_values.raw_value
    left join medium_values on source.medium = medium_values.raw_value
    left join campaign_values on source.campaign = campaign_values.raw_value

)

select * from renamed
