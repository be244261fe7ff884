{{ config(materialized='view') }}

with typed as (

    select
        {{ read_id('refund_id') }} as refund_id,
        {{ read_timestamp('refunded_at') }} as refunded_at,
        {{ read_decimal('refund_amount') }} as refund_amount,
        {{ read_id('order_id') }} as order_id,
        {{ read_person_id('customer_id') }} as customer_id,
        {{ read_id('product_id') }} as product_id,
        {{ read_integer('line_number') }} as line_number,
        {{ read_integer('quantity') }} as quantity,
        {{ read_word('reason') }} as reason,
        {{ read_possible_time('loaded_at') }} as loaded_at,

        {{ row_key('refunds') }} as row_key,
        {{ whole_row('raw_rows') }} as raw_content

    from {{ ref('input_shop__refunds') }} as raw_rows

)

select * from typed
