with identity_map as (

    select * from {{ ref('stg_shop__identity_map') }}

),

repeated_keys as (

    {{ repeated_keys('refunds') }}

),

typed as (

    select
        {{ row_key('refunds') }} as row_key,
        {{ read_id('refund_id') }} as refund_id,
        {{ read_timestamp('refunded_at') }} as refunded_at,
        {{ read_decimal('refund_amount') }} as refund_amount,
        {{ read_decimal('tax_amount') }} as tax_amount,
        {{ read_decimal('shipping_amount') }} as shipping_amount,
        upper({{ mask_personal(read_text('currency')) }}) as currency,
        {{ read_id('order_id') }} as order_id,
        {{ read_person_id('customer_id', is_known=true) }} as customer_id,
        {{ read_id('product_id') }} as product_id,
        {{ read_integer('line_number', 18) }} as line_number,
        {{ read_integer('quantity') }} as quantity,
        {{ read_word('reason') }} as reason,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('refunds') }}

    from {{ ref('input_shop__refunds') }}

),

-- base_shop__orders has no customer for erased customers, so their orders come from the raw rows
erased_buyers as (

    select
        {{ read_id('raw_orders.order_id') }} as order_id,
        min({{ read_person_id('raw_orders.customer_id') }}) as customer_id

    from {{ ref('input_shop__orders') }} as raw_orders
    inner join {{ ref('base_shop__erased_ids') }} as erased_ids
        on md5({{ read_person_id('raw_orders.customer_id') }}) = erased_ids.id_hash

    group by {{ read_id('raw_orders.order_id') }}

),

buyers as (

    select
        orders.order_id,
        orders.ordered_at,
        coalesce(orders.account_id, erased_buyers.customer_id) as account_id

    from {{ ref('stg_shop__orders') }} as orders
    left join erased_buyers on orders.is_erased and orders.order_id = erased_buyers.order_id

    where orders.is_confirmed

),

-- refunds without an order, with the person by the links valid at that time
refund_persons as (

    select distinct
        typed.customer_id,
        typed.product_id,
        typed.refunded_at,
        coalesce(identity_map.customer_id, typed.customer_id) as person_id

    from typed
    left join identity_map on {{ link_applies('typed.customer_id', 'typed.refunded_at') }}

    where typed.order_id is null and typed.customer_id is not null and typed.refunded_at is not null

),

-- all ids of the person at that time, because the order may use any of them
refund_accounts as (

    select
        refund_persons.*,
        person_id as account_id

    from refund_persons

    union all

    select
        refund_persons.*,
        identity_map.identifier as account_id

    from refund_persons
    inner join identity_map
        on
            refund_persons.person_id = identity_map.customer_id
            and refund_persons.refunded_at >= identity_map.valid_from
            and refund_persons.refunded_at < identity_map.valid_to

),

-- the latest order with the product, else the latest order
candidates as (

    select
        refund_accounts.customer_id,
        refund_accounts.product_id,
        refund_accounts.refunded_at,
        buyers.order_id,
        row_number() over (
            partition by refund_accounts.customer_id, refund_accounts.product_id, refund_accounts.refunded_at
            order by
                case when items.product_id is not null then 0 else 1 end,
                buyers.ordered_at desc,
                {{ binary_collation('buyers.order_id') }} desc
        ) as candidate_rank

    from refund_accounts
    inner join buyers
        on refund_accounts.account_id = buyers.account_id and refund_accounts.refunded_at >= buyers.ordered_at
    left join {{ ref('base_shop__order_items') }} as items
        on
            buyers.order_id = items.order_id
            and refund_accounts.product_id = items.product_id
            and items.rejection_reason is null

),

matched as (

    select
        typed.*,
        coalesce(typed.order_id, candidates.order_id) as matched_order_id,
        orders.order_id as accepted_order_id,
        orders.order_date,
        orders.currency as order_currency,
        orders.reporting_currency,
        orders.exchange_rate as order_rate

    from typed
    left join candidates
        on
            typed.customer_id = candidates.customer_id
            and typed.refunded_at = candidates.refunded_at
            and typed.product_id is not distinct from candidates.product_id
            and candidates.candidate_rank = 1
    left join {{ ref('stg_shop__orders') }} as orders
        on coalesce(typed.order_id, candidates.order_id) = orders.order_id

),

currency_days as (

    select distinct
        currency,
        order_date

    from matched

    where currency <> coalesce(order_currency, '') and currency <> coalesce(reporting_currency, '')

),

-- the latest rate on or before the order date
currency_rates as (

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

checked as (

    select
        matched.*,
        -- a missing currency means that of the order; any other than the reporting currency must have a rate
        case
            when matched.currency is null or matched.currency = matched.order_currency then matched.order_rate
            when matched.currency = matched.reporting_currency then 1
            else currency_rates.rate_to_reporting
        end as exchange_rate,
        repeated_keys.key_hash is not null as is_repeated,
        erased_ids.id_hash is not null as is_erased,
        case
            {{ value_errors('refunds', typed='matched') }}
            when not {{ is_possible_time('matched.refunded_at') }} then 'impossible_time'
            when
                matched.accepted_order_id is not null
                and matched.currency <> coalesce(matched.order_currency, '')
                and matched.currency <> coalesce(matched.reporting_currency, '')
                and currency_rates.rate_to_reporting is null
                then 'missing_exchange_rate'
            when matched.refund_amount < 0 then 'negative_amount'
            {% if var('max_order_amount') -%}
            when
                matched.refund_amount * case
                    when matched.currency = matched.reporting_currency then 1
                    else coalesce(currency_rates.rate_to_reporting, matched.order_rate, 1)
                end > {{ var('max_order_amount') }}
                then 'abnormal_amount'
            {% endif -%}
            when matched.accepted_order_id is null then 'unknown_order'
        end as validation_error

    from matched
    left join currency_rates
        on
            matched.currency = currency_rates.currency
            and matched.order_date = currency_rates.order_date
            and currency_rates.rate_age = 1
    left join repeated_keys on {{ key_hash('matched.row_key') }} = repeated_keys.key_hash
    left join {{ ref('base_shop__erased_ids') }} as erased_ids on md5(matched.customer_id) = erased_ids.id_hash

),

{{ newest_versions('refunds', extra_columns=['matched_order_id', 'exchange_rate', 'is_erased'], erased=['customer_id']) }}

select * from final
