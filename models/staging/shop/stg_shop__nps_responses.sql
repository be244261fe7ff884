with source as (

    select * from {{ ref('base_shop__nps_responses') }}

    where rejection_reason is null

),

renamed as (

    select
        response_id,
        responded_at,
        {{ shop_date('responded_at') }} as responded_date,
        score,
        customer_id

    from source

)

select * from renamed
