with source as (

    select * from {{ ref('base_shop__point_transactions') }}

    where rejection_reason is null

),

renamed as (

    select
        transaction_id,
        customer_id,
        occurred_at,
        {{ shop_date('occurred_at') }} as occurred_date,
        lower(transaction_type) as transaction_type,
        points,
        order_id

    from source

)

select * from renamed
