with source as (

    select * from {{ ref('base_shop__support_tickets') }}

    where rejection_reason is null

),

renamed as (

    select
        ticket_id,
        opened_at,
        {{ shop_date('opened_at') }} as opened_date,
        customer_id,
        order_id,
        coalesce(lower(ticket_type), 'unknown') as ticket_type,
        coalesce(topic, 'unknown') as topic,
        coalesce(channel, 'unknown') as channel,
        resolved_at

    from source

)

select * from renamed
