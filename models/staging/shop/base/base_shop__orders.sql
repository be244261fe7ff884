with typed as (

    select * from {{ ref('base_shop__orders_typed') }}

),

order_rates as (

    select * from {{ ref('base_shop__order_rates') }}

),

reporting_currency as (

    select * from {{ ref('base_shop__reporting_currency') }}

),

erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('orders') }}

),

rated as (

    select
        typed.*,
        repeated_keys.row_key is not null as is_repeated,
        erased_ids.customer_id is not null as is_erased,
        -- the reporting currency needs no rate, and no currency means the reporting currency; any other rate is never guessed
        case
            when typed.currency is null or typed.currency = reporting_currency.currency then 1
            else order_rates.rate_to_reporting
        end as exchange_rate

    from typed
    cross join reporting_currency
    left join order_rates
        on typed.currency = order_rates.currency and typed.order_date = order_rates.order_date
    left join repeated_keys on typed.row_key = repeated_keys.row_key
    left join erased_ids on typed.customer_id = erased_ids.customer_id

),

checked as (

    select
        rated.*,
        case
            when row_fault is not null then row_fault
            when exchange_rate is null then 'missing_exchange_rate'
            when paid_amount < 0 then 'negative_amount'
        end as fault

    from rated

),

{{ newest_versions('orders', extra_columns=['order_date', 'exchange_rate', 'is_erased'], is_hidden='is_erased', hidden_columns=['customer_id', 'email_hash']) }}

select * from final
