with source as (

    select * from {{ ref('base_shop__campaign_sends') }}

    where rejection_reason is null

),

renamed as (

    select
        campaign_id,
        customer_id,
        sent_at,
        {{ shop_date('sent_at') }} as sent_date,
        coalesce(channel, 'unknown') as channel,
        coalesce(lower(variant), 'unknown') as variant,
        opened_at,
        clicked_at

    from source

)

select * from renamed
