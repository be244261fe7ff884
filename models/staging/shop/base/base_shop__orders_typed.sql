{{ config(materialized='view') }}

with test_buyers as (

    select * from {{ ref('base_shop__test_buyers') }}

),

typed as (

    select
        {{ read_id('order_id') }} as order_id,
        {{ read_person_id('customer_id') }} as customer_id,
        {{ read_timestamp('ordered_at') }} as ordered_at,
        {{ read_decimal('paid_amount') }} as paid_amount,
        {{ read_word('status') }} as status,
        upper({{ mask_personal(read_text('currency')) }}) as currency,
        {{ read_amount('gross_amount') }} as gross_amount,
        {{ read_amount('discount_amount') }} as discount_amount,
        {{ read_amount('tax_amount') }} as tax_amount,
        {{ read_amount('shipping_amount') }} as shipping_amount,
        {{ read_word('channel') }} as channel,
        {{ read_id('store_id') }} as store_id,
        {{ read_word('payment_method') }} as payment_method,
        {{ read_word('coupon_code') }} as coupon_code,
        {{ read_id('campaign_id') }} as campaign_id,
        {{ read_email_hash('email') }} as email_hash,
        lower({{ read_text('email') }}) as email,
        lower({{ read_text('customer_id') }}) as given_customer_id,
        {{ read_word('shipping_region') }} as shipping_region,
        {{ read_word('shipping_city') }} as shipping_city,
        {{ read_possible_time('paid_at') }} as paid_at,
        {{ read_possible_time('shipped_at') }} as shipped_at,
        {{ read_possible_time('delivered_at') }} as delivered_at,
        {{ read_possible_time('loaded_at') }} as loaded_at,

        {{ row_key('orders') }} as row_key,
        {{ whole_row('raw_rows') }} as raw_content

    from {{ ref('input_shop__orders') }} as raw_rows

),

final as (

    select
        typed.*,
        {{ shop_date('typed.ordered_at') }} as order_date,
        case
            {{ value_faults('orders') }}
            when test_customers.buyer is not null or test_emails.buyer is not null then 'test_order'
            when not {{ is_possible_time('typed.ordered_at') }} then 'impossible_time'
        end as row_fault

    from typed
    left join test_buyers as test_customers
        on typed.given_customer_id = test_customers.buyer and test_customers.column_name = 'customer_id'
    left join test_buyers as test_emails
        on typed.email = test_emails.buyer and test_emails.column_name = 'email'

)

select * from final
