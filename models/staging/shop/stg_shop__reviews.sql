with source as (

    select * from {{ ref('base_shop__reviews') }}

    where rejection_reason is null

),

renamed as (

    select
        review_id,
        created_at,
        {{ shop_date('created_at') }} as created_date,
        customer_id,
        product_id,
        order_id,
        rating,
        review_text,
        has_media

    from source

)

select * from renamed
