with source as (

    select * from {{ ref('base_shop__refunds') }}

    where rejection_reason is null

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
        {{ to_reporting('tax_amount') }} as tax_amount,
        {{ to_reporting('shipping_amount') }} as shipping_amount,
        product_id,
        line_number,
        quantity,
        reason

    from source

)

select * from renamed
