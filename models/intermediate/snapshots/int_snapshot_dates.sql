with as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

first_order as (

    select min(order_date) as first_order_date
    from {{ ref('stg_shop__orders') }}
    where is_confirmed

),

months as (

    select
        {{ time_series(
            "cast(date_trunc('month', least(first_order.first_order_date, as_of.as_of_date)) as timestamp)",
            'cast(as_of.as_of_date as timestamp)', 'month'
        ) }} as starts_at

    from first_order
    cross join as_of

),

month_ends as (

    select
        cast(starts_at as date) as month,
        cast(starts_at + interval '1 month' - interval '1 day' as date) as month_end

    from months

),

snapshot_dates as (

    select
        month_ends.month,
        least(month_ends.month_end, as_of.as_of_date) as snapshot_date,
        month_ends.month_end <= as_of.as_of_date as is_complete_month,
        month_ends.month_end >= as_of.as_of_date as is_as_of,
        as_of.as_of_date

    from month_ends
    cross join as_of

),

-- the backtest scores the latest date whose horizon is over and trains on a year of dates whose horizon ended by then
labelled as (

    select
        snapshot_dates.*,
        case
            when
                is_complete_month
                and snapshot_date >= as_of_date - interval '{{ 2 * var("churn_horizon_days") + 396 }}' day
                and snapshot_date <= as_of_date - interval '{{ var("churn_horizon_days") }}' day
                then cast(snapshot_date + interval '{{ var("churn_horizon_days") }}' day as date)
        end as label_through

    from snapshot_dates

),

backtests as (

    select
        labelled.*,
        coalesce(label_through = max(label_through) over (), false) as is_backtest

    from labelled

),

final as (

    select
        snapshot_date,
        month,
        is_complete_month,
        is_as_of,
        label_through,
        is_backtest,
        is_as_of or is_backtest as is_scored

    from backtests

)

select * from final
