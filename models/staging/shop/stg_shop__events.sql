with source as (

    select * from {{ ref('base_shop__events') }}

    where rejection_reason is null

),

event_mapping as (

    select * from {{ ref('event_mapping') }}

),

channel_mapping as (

    select * from {{ ref('channel_mapping') }}

),

renamed as (

    select
        source.row_key as event_key,
        source.occurred_at,
        {{ shop_date('source.occurred_at') }} as occurred_date,
        coalesce(event_mapping.event, source.event_name) as event_name,
        coalesce('visitor:' || source.visitor_id, 'customer:' || source.customer_id, 'nobody') as actor_id,
        source.visitor_id,
        source.customer_id,
        source.session_id,
        source.product_id,
        source.order_id,
        coalesce(channel_mapping.channel, source.channel) as channel,
        source.device,
        lower(source.source) as source,
        lower(source.medium) as medium,
        source.campaign,
        source.page,
        source.user_agent

    from source
    left join event_mapping on {{ word_key('source.event_name') }} = event_mapping.word
    left join channel_mapping on {{ word_key('source.channel') }} = channel_mapping.word

)

select * from renamed
