with source as (

    select * from {{ ref('base_shop__refunds') }}

    where rejection_reason is null

),

orders as (

    select
        order_id,
        exchange_rate

    from {{ ref('stg_shop__orders') }}

),

rated as (

    select
        source.*,
        orders.exchange_rate

    from source
    inner join orders on source.matched_order_id = orders.order_id

),

renamed as (

    select
        refund_id,
        matched_order_id as order_id,
        order_id is null as is_matched,
        customer_id,
        refunded_at,
        {{ shop_date('refunded_at') }} as refund_date,
        {{ to_reporting('refund_amount') }} as refund_amount,
        product_id,
        line_number,
        quantity,
        reason

    from rated

)

select * from renamed
