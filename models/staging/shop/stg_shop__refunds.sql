{{ config(materialized='table') }}

with source as (

    select * from {{ ref('base_shop__refunds') }}

    where rejection_reason is null

),

first_lines as (

    select
        order_id,
        product_id,
        min(line_number) as line_number

    from {{ ref('stg_shop__order_items') }}

    group by order_id, product_id

),

lined as (

    select
        source.*,
        coalesce(source.line_number, first_lines.line_number) as refunded_line_number

    from source
    left join first_lines
        on source.matched_order_id = first_lines.order_id and source.product_id = first_lines.product_id

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
        refunded_line_number as line_number,
        quantity,
        reason

    from lined

)

select * from renamed
