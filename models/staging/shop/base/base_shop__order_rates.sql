with currency_days as (

    select * from {{ ref('base_shop__order_currency_days') }}

),

exchange_rates as (

    select * from {{ ref('stg_shop__exchange_rates') }}

),

candidates as (

    select
        currency_days.currency,
        currency_days.order_date,
        exchange_rates.rate_to_reporting,
        row_number() over (
            partition by currency_days.currency, currency_days.order_date
            order by exchange_rates.rate_date desc
        ) as rate_age

    from currency_days
    inner join exchange_rates
        on
            currency_days.currency = exchange_rates.currency
            and currency_days.order_date >= exchange_rates.rate_date

),

final as (

    select
        currency,
        order_date,
        rate_to_reporting

    from candidates

    where rate_age = 1

)

select * from final
