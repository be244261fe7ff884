with scores as (

    select * from {{ ref('int_churn_scores') }}
    where is_as_of

),

published as (

    select method
    from {{ ref('int_churn_backtest') }}
    where is_published

),

signals as (

    select
        signals.customer_id,
        count(*) as signals_triggered,
        max(case when signals.signal_rank = 1 then signals.signal end) as main_signal,
        max(case when signals.signal_rank = 2 then signals.signal end) as second_signal

    from {{ ref('int_churn_signals') }} as signals
    inner join {{ ref('int_as_of') }} as as_of on signals.snapshot_date = as_of.as_of_date

    group by signals.customer_id

),

probabilities as (

    select
        scores.*,
        published.method,
        case published.method
            when 'logistic' then scores.churn_probability_logistic
            when 'bgnbd' then scores.churn_probability_bgnbd
            when 'days_since_last_order' then scores.recency_band_rate
        end as churn_probability

    from scores
    left join published on true

),

banded as (

    select
        probabilities.*,
        bands.risk_band,
        probabilities.is_warned or coalesce(bands.is_at_risk, false) as is_at_risk_unless_churned

    from probabilities
    left join {{ ref('churn_risk_bands') }} as bands
        on
            probabilities.churn_probability >= bands.lower_bound
            and (probabilities.churn_probability < bands.upper_bound or bands.upper_bound is null)

),

final as (

    select
        banded.snapshot_date as as_of_date,
        banded.customer_id,
        banded.recency_days,
        banded.is_churned,
        not banded.is_churned and banded.is_at_risk_unless_churned as is_at_risk,
        case
            when banded.is_churned then 'churned' when banded.is_at_risk_unless_churned then 'at_risk' else 'active'
        end as churn_status,
        banded.churn_probability,
        banded.churn_probability_bgnbd,
        banded.churn_probability_logistic,
        banded.risk_band,
        case
            when banded.churn_probability is null then 'none'
            when banded.method = 'days_since_last_order' then 'recency_band'
            else banded.method
        end as probability_method,
        -- only what the published probability rests on is a reason for it
        case
            when coalesce(banded.risk_band, 'low') = 'low' then null
            when banded.method = 'logistic' then coalesce(banded.main_driver, 'usual')
            when banded.method = 'days_since_last_order' then 'recency_band'
            when banded.probability_alive < 0.5e0 then 'dropped_out'
            else 'buys_rarely'
        end as main_driver,
        coalesce(signals.signals_triggered, 0) as signals_triggered,
        signals.main_signal,
        signals.second_signal

    from banded
    left join signals on banded.customer_id = signals.customer_id

)

select * from final
