{{ config(materialized='table') }}

with source as (

    select * from {{ ref('base_shop__refunds') }}

    where rejection_reason is null

),

-- line numbers of refunds are often other ones than those of the order
lined as (

    select
        source.*,
        lines.line_number as order_line_number

    from source
    left join {{ ref('stg_shop__order_items') }} as lines
        on source.matched_order_id = lines.order_id and source.line_number = lines.line_number

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
        order_line_number as line_number,
        quantity,
        reason

    from lined

)

select * from renamed
