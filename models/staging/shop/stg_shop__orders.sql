with source as (

    select * from {{ ref('base_shop__orders') }}

    where rejection_reason is null

),

{{ mapped_values(ref('base_shop__orders'), 'status', 'order_status_mapping', 'status') }},

{{ mapped_values(ref('base_shop__orders'), 'channel', 'channel_mapping', 'channel') }},

mapped as (

    select
        source.*,
        -- an unmapped status counts as paid and is listed in audit_unmapped_values
        coalesce(status_values.mapped_value, 'paid') as order_status,
        coalesce(channel_values.mapped_value, source.channel, 'unknown') as order_channel

    from source
    left join status_values on source.status = status_values.raw_value
    left join channel_values on source.channel = channel_values.raw_value

),

renamed as (

    select
        order_id,
        customer_id as account_id,
        is_erased,
        case when customer_id is null then email_hash end as guest_email_hash,
        -- the same id as that of an account whose id is the address
        case
            when customer_id is null and {{ var('guests_with_email_are_customers') }} then 'person:' || substr(email_hash, 1, 32)
        end as guest_id,

        ordered_at,
        order_date,
        cast(extract(hour from {{ to_shop_time('ordered_at') }}) as integer) as order_hour,
        paid_at as given_paid_at,
        shipped_at as given_shipped_at,
        delivered_at as given_delivered_at,

        order_status as status,
        order_status not in ('placed', 'cancelled') as is_confirmed,
        order_channel as channel,
        store_id,
        coalesce(payment_method, 'unknown') as payment_method,
        coupon_code,
        campaign_id,
        coalesce(shipping_region, 'unknown') as shipping_region,
        coalesce(shipping_city, 'unknown') as shipping_city,

        coalesce(currency, reporting_currency) as currency,
        reporting_currency,
        exchange_rate,
        {{ to_reporting('paid_amount') }} as paid_amount,
        {{ to_reporting('gross_amount') }} as given_gross_amount,
        {{ to_reporting('discount_amount') }} as given_discount_amount,
        coalesce({{ to_reporting('tax_amount') }}, 0) as tax_amount,
        coalesce({{ to_reporting('shipping_amount') }}, 0) as shipping_amount

    from mapped

),

final as (

    select
        renamed.*,
        cast(greatest(paid_amount - tax_amount - shipping_amount, 0) as numeric(18, 2)) as goods_amount

    from renamed

)

select * from final
