with source as (

    select * from {{ ref('base_shop__orders') }}

    where rejection_reason is null

),

status_words as (

    select * from {{ ref('order_status_words') }}

),

channel_words as (

    select * from {{ ref('channel_words') }}

),

reporting_currency as (

    select * from {{ ref('base_shop__reporting_currency') }}

),

mapped as (

    select
        source.*,
        coalesce(source.currency, reporting_currency.currency) as order_currency,
        -- a word that nobody has mapped is taken for a paid order and listed in audit_unmapped_values
        coalesce(status_words.status, 'paid') as order_status,
        coalesce(channel_words.channel, source.channel, 'unknown') as order_channel

    from source
    cross join reporting_currency
    left join status_words on {{ word_key('source.status') }} = status_words.word
    left join channel_words on {{ word_key('source.channel') }} = channel_words.word

),

renamed as (

    select
        order_id,
        customer_id,
        email_hash,

        ordered_at,
        order_date,
        cast(extract(hour from {{ to_shop_time('ordered_at') }}) as integer) as order_hour,
        paid_at,
        shipped_at,
        delivered_at,

        order_status as status,
        order_status not in ('placed', 'cancelled') as is_valid,
        order_channel as channel,
        store_id,
        coalesce(payment_method, 'unknown') as payment_method,
        coupon_code,
        campaign_id,
        coalesce(shipping_region, 'unknown') as shipping_region,
        coalesce(shipping_city, 'unknown') as shipping_city,

        order_currency as currency,
        exchange_rate,
        {{ to_reporting('paid_amount') }} as paid_amount,
        {{ to_reporting('gross_amount') }} as gross_amount,
        {{ to_reporting('discount_amount') }} as discount_amount,
        coalesce({{ to_reporting('tax_amount') }}, 0) as tax_amount,
        coalesce({{ to_reporting('shipping_amount') }}, 0) as shipping_amount

    from mapped

)

select * from renamed
