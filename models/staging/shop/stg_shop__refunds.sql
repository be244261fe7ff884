{{ config(materialized='table') }}

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

first_lines as (

    select
        order_id,
        product_id,
        min(line_number) as line_number

    from {{ ref('stg_shop__order_items') }}

    group by order_id, product_id

),

rated as (

    select
        source.*,
        orders.exchange_rate,
        coalesce(source.line_number, first_lines.line_number) as refunded_line_number

    from source
    inner join orders on source.matched_order_id = orders.order_id
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
        product_id,
        refunded_line_number as line_number,
        quantity,
        reason

    from rated

)

select * from renamed
