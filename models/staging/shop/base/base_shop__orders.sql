with repeated_keys as (

    {{ repeated_keys('orders') }}

),

typed as (

    select
        {{ row_key('orders') }} as row_key,
        {{ read_id('order_id') }} as order_id,
        {{ read_person_id('customer_id', is_known=true) }} as customer_id,
        {{ read_timestamp('ordered_at') }} as ordered_at,
        {{ read_decimal('paid_amount') }} as paid_amount,
        {{ read_word('status') }} as status,
        upper({{ mask_personal(read_text('currency')) }}) as currency,
        {{ read_decimal('gross_amount') }} as gross_amount,
        {{ read_decimal('discount_amount') }} as discount_amount,
        {{ read_decimal('tax_amount') }} as tax_amount,
        {{ read_decimal('shipping_amount') }} as shipping_amount,
        {{ read_word('channel') }} as channel,
        {{ read_person_id('store_id') }} as store_id,
        {{ read_word('payment_method') }} as payment_method,
        {{ read_word('coupon_code') }} as coupon_code,
        {{ read_id('campaign_id') }} as campaign_id,
        {{ read_email_hash('email', is_known=true) }} as email_hash,
        {{ read_word('shipping_region') }} as shipping_region,
        {{ read_word('shipping_city') }} as shipping_city,
        {{ read_timestamp('paid_at') }} as paid_at,
        {{ read_timestamp('shipped_at') }} as shipped_at,
        {{ read_timestamp('delivered_at') }} as delivered_at,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('orders') }}

    from {{ ref('input_shop__orders') }}

),

test_buyers as (

    select distinct
        coalesce({{ read_text('typed.raw_customer_id') }}, '') as account,
        coalesce({{ read_text('typed.raw_email') }}, '') as email

    from typed
    inner join {{ ref('test_order_patterns') }} as patterns
        on
            lower(case patterns.column_name
                when 'customer_id' then {{ read_text('typed.raw_customer_id') }}
                when 'email' then {{ read_text('typed.raw_email') }}
            end) like replace(replace(lower(patterns.pattern), '_', '!_'), '*', '%') escape '!'

),

-- validation errors that need only the values of the row
evaluated as (

    select
        typed.*,
        {{ shop_date('typed.ordered_at') }} as order_date,
        repeated_keys.key_hash is not null as is_repeated,
        erased_ids.id_hash is not null
        or (erased_emails.id_hash is not null and (typed.customer_id is null or erased_emails.is_requested)) as is_erased,
        case
            {{ value_errors('orders') }}
            when test_buyers.account is not null then 'test_order'
            when not {{ is_possible_time('typed.ordered_at') }} then 'impossible_time'
        end as value_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash
    left join {{ ref('base_shop__erased_ids') }} as erased_ids on md5(typed.customer_id) = erased_ids.id_hash
    left join {{ ref('base_shop__erased_ids') }} as erased_emails
        on md5('person:' || substr(typed.email_hash, 1, 32)) = erased_emails.id_hash
    left join test_buyers
        on
            coalesce({{ read_text('typed.raw_customer_id') }}, '') = test_buyers.account
            and coalesce({{ read_text('typed.raw_email') }}, '') = test_buyers.email

),

order_versions as (

    select
        currency,
        order_date,
        row_number() over (
            partition by row_key
            order by
                case when {{ is_possible_time('loaded_at') }} then loaded_at end desc nulls last,
                case when is_repeated then {{ binary_collation(content_hash('orders', 'raw_')) }} end desc
        ) as version

    from evaluated

    where value_error is null

),

-- every version is validated with a rate, but only the latest counts for the default reporting currency
currency_days as (

    select
        currency,
        order_date,
        count(case when version = 1 then 1 end) as orders

    from order_versions

    where currency is not null

    group by currency, order_date

),

-- limited to as_of_date, so that later orders do not change it
default_currency as (

    select currency
    from currency_days
    where order_date <= {{ as_of_date_or('order_date') }}
    group by currency
    order by sum(orders) desc, {{ binary_collation('currency') }}
    limit 1

),

-- the latest rate on or before the order date
order_rates as (

    select
        currency_days.currency,
        currency_days.order_date,
        rates.rate_to_reporting,
        row_number() over (
            partition by currency_days.currency, currency_days.order_date order by rates.rate_date desc
        ) as rate_age

    from currency_days
    inner join {{ ref('base_shop__exchange_rates') }} as rates
        on currency_days.currency = rates.currency and currency_days.order_date >= rates.rate_date

    where rates.rejection_reason is null

),

rated as (

    select
        evaluated.*,
        coalesce(
            {{ "upper(trim(" ~ dbt.string_literal(dbt.escape_single_quotes(var('reporting_currency'))) ~ "))" if var('reporting_currency') else 'null' }},
            default_currency.currency
        ) as reporting_currency,
        order_rates.rate_to_reporting

    from evaluated
    left join default_currency on true
    left join order_rates
        on evaluated.currency = order_rates.currency and evaluated.order_date = order_rates.order_date and order_rates.rate_age = 1

),

checked as (

    select
        rated.*,
        -- a missing currency means the reporting currency, which needs no rate; any other rate must be known
        case when currency is null or currency = reporting_currency then 1 else rate_to_reporting end as exchange_rate,
        case
            when value_error is not null then value_error
            when currency <> coalesce(reporting_currency, '') and rate_to_reporting is null then 'missing_exchange_rate'
            when paid_amount < 0 then 'negative_amount'
            {{ "when paid_amount * coalesce(rate_to_reporting, 1) > " ~ var('max_order_amount') ~ " then 'abnormal_amount'" if var('max_order_amount') }}
        end as validation_error

    from rated

),

{{ newest_versions(
    'orders',
    extra_columns=['order_date', 'reporting_currency', 'exchange_rate', 'is_erased'],
    erased=['customer_id', 'email_hash'],
) }}

select * from final
