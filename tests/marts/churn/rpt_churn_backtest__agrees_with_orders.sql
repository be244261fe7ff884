-- The backtest evaluates every customer known on its snapshot date by the orders within the horizon, every ratio matches its
-- numerator and denominator, and calibration covers the same customers.
with results as (

    select * from {{ ref('rpt_churn_backtest') }}

),

-- the simple baseline scores every customer
snapshot_dates as (

    select
        cutoff_date as snapshot_date,
        cast(cutoff_date + interval '{{ var("churn_horizon_days") }}' day as date) as last_date
    from results
    where method = 'days_since_last_order'

),

customers as (

    select
        snapshot_dates.snapshot_date,
        purchases.customer_id,
        max(case
            when
                purchases.order_date > snapshot_dates.snapshot_date
                and purchases.order_date <= snapshot_dates.last_date
                and purchases.known_date <= snapshot_dates.last_date
                then 1
            else 0
        end) as has_come_back

    from {{ ref('int_purchases') }} as purchases
    cross join snapshot_dates

    group by snapshot_dates.snapshot_date, purchases.customer_id

    having min(purchases.known_date) <= snapshot_dates.snapshot_date

),

counted as (

    select
        count(*) as customers,
        sum(1 - has_come_back) as churners

    from customers

),

calibrated as (

    select
        method,
        sum(customers) as customers,
        sum(churners) as churners,
        max(abs(predicted - expected_churners / customers)) as predicted_error,
        max(abs(actual - 1.0 * churners / customers)) as actual_error

    from {{ ref('rpt_churn_calibration') }}

    group by method

)

select
    results.method,
    counted.customers as counted_customers,
    counted.churners as counted_churners,
    results.customers,
    results.churners,
    results.auc,
    results.brier,
    calibrated.customers as calibrated_customers,
    calibrated.churners as calibrated_churners

from results
cross join counted
left join calibrated on results.method = calibrated.method

where
    (results.score_of not in ('personal_gap', 'at_risk', 'churn_warning') and results.customers <> counted.customers)
    or (results.customers = counted.customers and results.churners <> counted.churners)
    or results.pairs <> cast(results.churners as bigint) * (results.customers - results.churners)
    or abs(results.base_rate - 1.0 * results.churners / results.customers) > 0.000001
    or (results.auc is null) <> (results.pairs = 0)
    or abs(results.auc - results.won_pairs / nullif(results.pairs, 0)) > 0.000001
    or (results.brier is null) <> (results.squared_errors is null)
    or abs(results.brier - results.squared_errors / results.customers) > 0.000001
    or abs(results.base_rate_brier - results.base_rate * (1 - results.base_rate)) > 0.000001
    or abs(results.precision - 1.0 * results.flagged_churners / nullif(results.flagged, 0)) > 0.000001
    or abs(results.lift - results.precision / results.base_rate) > 0.00001
    or abs(results.recall - 1.0 * results.flagged_churners / nullif(results.churners, 0)) > 0.000001
    or abs(
        results.lift_top_decile
        - 1.0 * results.top_decile_churners * results.customers / nullif(results.top_decile_customers * results.churners, 0)
    ) > 0.000001
    or (results.brier is not null and calibrated.customers is distinct from results.customers)
    or (results.brier is not null and calibrated.churners is distinct from results.churners)
    or calibrated.predicted_error > 0.000001
    or calibrated.actual_error > 0.000001
