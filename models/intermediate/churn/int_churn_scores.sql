with cutoffs as (

    select cutoff_date from {{ ref('int_cutoffs') }}
    where is_judged

),

overdue as (

    select overdue.*
    from {{ ref('int_customer_overdue') }} as overdue
    inner join cutoffs on overdue.cutoff_date = cutoffs.cutoff_date

),

signals as (

    select
        cutoff_date,
        customer_id,
        count(*) as signals,
        max(case when signal = 'overdue' then 1 else 0 end) as is_overdue

    from {{ ref('int_churn_signals') }}

    group by cutoff_date, customer_id

),

final as (

    select
        overdue.cutoff_date,
        overdue.customer_id,
        overdue.recency_days,
        overdue.overdue_ratio,
        overdue.recency_days > {{ var('churn_inactive_days') }} as is_churned,
        coalesce(signals.is_overdue = 1 or signals.signals >= 2, false) as is_warned,
        band_rates.churn_rate as recency_band_rate,
        cast(1 - predicted.purchase_probability as numeric(18, 6)) as churn_probability_bgnbd,
        drivers.churn_probability as churn_probability_logistic

    from overdue
    left join signals on overdue.cutoff_date = signals.cutoff_date and overdue.customer_id = signals.customer_id
    left join {{ ref('int_recency_band_rates') }} as band_rates
        on
            overdue.cutoff_date = band_rates.cutoff_date
            and overdue.recency_days between band_rates.lower_bound and band_rates.upper_bound
    left join {{ ref('int_customer_values_predicted') }} as predicted
        on overdue.cutoff_date = predicted.cutoff_date and overdue.customer_id = predicted.customer_id
    left join {{ ref('int_churn_drivers') }} as drivers
        on overdue.cutoff_date = drivers.cutoff_date and overdue.customer_id = drivers.customer_id

)

select * from final
