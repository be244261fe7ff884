with snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}
    where is_scored

),

months as (

    select {{ number_series(1, 12) }} as period_number

),

-- a year in months for what is published, the horizon at once for what is compared with what came
final as (

    select
        snapshot_dates.snapshot_date,
        months.period_number,
        months.period_number * 365.0e0 / 12 / 7 as horizon_weeks,
        1 / power(1e0 + {{ var('monthly_discount_rate') }}, months.period_number) as discount_factor

    from snapshot_dates
    cross join months

    where snapshot_dates.is_as_of

    union all

    select
        snapshot_date,
        1 as period_number,
        {{ var('churn_horizon_days') }} / 7.0e0 as horizon_weeks,
        1e0 as discount_factor

    from snapshot_dates

    where is_backtest

)

select * from final
