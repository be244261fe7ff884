with source as (

    select * from {{ ref('base_shop__events') }}

    where rejection_reason is null

),

event_words as (

    select * from {{ ref('event_words') }}

),

channel_words as (

    select * from {{ ref('channel_words') }}

),

renamed as (

    select
        source.row_key as event_key,
        source.occurred_at,
        {{ shop_date('source.occurred_at') }} as occurred_date,
        coalesce(event_words.event, source.event_name) as event_name,
        coalesce('visitor:' || source.visitor_id, 'customer:' || source.customer_id, 'nobody') as actor_id,
        source.visitor_id,
        source.customer_id,
        source.session_id,
        source.product_id,
        source.order_id,
        coalesce(channel_words.channel, source.channel) as channel,
        source.device,
        lower(source.source) as source,
        lower(source.medium) as medium,
        source.campaign,
        source.page,
        source.user_agent

    from source
    left join event_words on {{ word_key('source.event_name') }} = event_words.word
    left join channel_words on {{ word_key('source.channel') }} = channel_words.word

)

select * from renamed
