with snapshot_dates as (

    select snapshot_date from {{ ref('int_snapshot_dates') }}
    where is_scored

),

overdue as (

    select overdue.*
    from {{ ref('int_customer_overdue') }} as overdue
    inner join snapshot_dates on overdue.snapshot_date = snapshot_dates.snapshot_date

),

signals as (

    select
        snapshot_date,
        customer_id,
        count(*) as signals,
        max(case when signal = 'overdue' then 1 else 0 end) as is_overdue

    from {{ ref('int_churn_signals') }}

    group by snapshot_date, customer_id

),

final as (

    select
        overdue.snapshot_date,
        overdue.customer_id,
        overdue.recency_days,
        overdue.overdue_ratio,
        overdue.recency_days > {{ var('churn_inactive_days') }} as is_churned,
        coalesce(signals.is_overdue = 1 or signals.signals >= 2, false) as is_warned,
        band_rates.churn_rate as recency_band_rate,
        cast(1 - predicted.purchase_probability as numeric(18, 6)) as churn_probability_bgnbd,
        drivers.churn_probability as churn_probability_logistic

    from overdue
    left join signals on overdue.snapshot_date = signals.snapshot_date and overdue.customer_id = signals.customer_id
    left join {{ ref('int_recency_band_rates') }} as band_rates
        on
            overdue.snapshot_date = band_rates.snapshot_date
            and overdue.recency_days between band_rates.lower_bound and band_rates.upper_bound
    left join {{ ref('int_customer_values_predicted') }} as predicted
        on overdue.snapshot_date = predicted.snapshot_date and overdue.customer_id = predicted.customer_id
    left join {{ ref('int_churn_drivers') }} as drivers
        on overdue.snapshot_date = drivers.snapshot_date and overdue.customer_id = drivers.customer_id

)

select * from final
