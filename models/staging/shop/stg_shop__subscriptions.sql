with source as (

    select * from {{ ref('base_shop__subscriptions') }}

    where rejection_reason is null

),

renamed as (

    select
        customer_id,
        channel,
        lower(status) = 'subscribed' as is_subscribed,
        changed_at,
        {{ shop_date('changed_at') }} as changed_date

    from source

)

select * from renamed
