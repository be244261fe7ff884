with scores as (

    select
        scores.*,
        churn_probability_logistic - case when churned then 1 when not churned then 0 end as logistic_error,
        churn_probability_bgnbd - case when churned then 1 when not churned then 0 end as bgnbd_error

    from {{ ref('int_churn_scores') }} as scores

),

-- probabilities available on as_of_date, and the Brier scores of the backtest
available as (

    select
        count(case when is_as_of then churn_probability_logistic end) > 0 as has_logistic,
        count(case when is_as_of then churn_probability_bgnbd end) > 0 as has_bgnbd,
        {{ safe_divide('sum(logistic_error * logistic_error)', 'count(logistic_error)') }} as logistic_brier,
        {{ safe_divide('sum(bgnbd_error * bgnbd_error)', 'count(bgnbd_error)') }} as bgnbd_brier

    from scores

),

recency_bands as (

    select count(*) > 0 as has_recency_bands

    from {{ ref('int_recency_band_rates') }} as bands
    inner join {{ ref('int_as_of') }} as as_of on bands.snapshot_date = as_of.as_of_date

),

-- the logistic model is published only if it beats the simpler one
published as (

    select
        case
            when available.has_logistic and available.logistic_brier < coalesce(available.bgnbd_brier, 1) then 'logistic'
            when available.has_bgnbd then 'bgnbd'
            when recency_bands.has_recency_bands then 'days_since_last_order'
        end as published_method

    from available
    cross join recency_bands

),

signals as (

    select
        snapshot_date,
        customer_id,
        count(*) as signals_triggered,
        max(case when signal_rank = 1 then signal end) as main_signal,
        max(case when signal_rank = 2 then signal end) as second_signal

    from {{ ref('int_churn_signals') }}

    group by snapshot_date, customer_id

),

probabilities as (

    select
        scores.*,
        published.published_method,
        case published.published_method
            when 'logistic' then scores.churn_probability_logistic
            when 'bgnbd' then scores.churn_probability_bgnbd
            when 'days_since_last_order' then scores.recency_band_rate
        end as churn_probability

    from scores
    cross join published

),

-- a probability below the bands that confirm a warning contradicts the signals
banded as (

    select
        probabilities.*,
        bands.risk_band,
        not probabilities.is_churned and (
            coalesce(bands.is_at_risk, false) or (probabilities.is_warned and coalesce(bands.confirms_warning, true))
        ) as is_at_risk,
        rfm.lifecycle_segment in ('churn_warning', 'high_value') or coalesce(rfm.customer_percentile <= 20, false) as is_high_value,
        -- without the probability of drop-out: net sales of the orders put off beyond the horizon
        coalesce(predicted.value_at_risk, cast(
            probabilities.churn_probability * {{ var('churn_horizon_days') }} / probabilities.expected_gap_days
            * predicted.expected_order_amount as numeric(18, 2)
        )) as value_at_risk,
        predicted.value_at_risk is not null as is_value_by_drop_out

    from probabilities
    left join {{ ref('churn_risk_bands') }} as bands
        on
            probabilities.churn_probability >= bands.lower_bound
            and (probabilities.churn_probability < bands.upper_bound or bands.upper_bound is null)
    left join {{ ref('int_customer_rfm') }} as rfm
        on probabilities.snapshot_date = rfm.snapshot_date and probabilities.customer_id = rfm.customer_id
    left join {{ ref('int_customer_values_predicted') }} as predicted
        on probabilities.snapshot_date = predicted.snapshot_date and probabilities.customer_id = predicted.customer_id

),

final as (

    select
        banded.snapshot_date,
        banded.customer_id,
        banded.is_as_of,
        banded.churned,
        banded.recency_days,
        banded.expected_gap_days,
        banded.overdue_ratio,
        banded.next_order_due_on,
        banded.is_churned,
        banded.is_warned,
        banded.is_at_risk,
        banded.is_high_value,
        banded.is_at_risk and banded.is_high_value as is_churn_warning,
        case when banded.is_churned then 'churned' when banded.is_at_risk then 'at_risk' else 'active' end as churn_status,
        banded.churn_probability,
        banded.recency_band_rate,
        banded.churn_probability_bgnbd,
        banded.churn_probability_logistic,
        cast(banded.gone_probability as numeric(18, 6)) as gone_probability,
        banded.value_at_risk,
        case
            when banded.value_at_risk is null then 'none' when banded.is_value_by_drop_out then 'mbg_nbd' else 'orders_put_off'
        end as value_at_risk_method,
        banded.risk_band,
        case
            when banded.churn_probability is null then 'none'
            when banded.published_method = 'days_since_last_order' then 'recency_band'
            else banded.published_method
        end as probability_method,
        banded.published_method,
        -- the main driver must come from the published method
        case
            when coalesce(banded.risk_band, 'low') = 'low' then null
            when banded.published_method = 'logistic' then coalesce(banded.main_driver, 'usual')
            when banded.published_method = 'days_since_last_order' then 'recency_band'
            when banded.probability_alive < 0.5e0 then 'dropped_out'
            else 'buys_rarely'
        end as main_driver,
        coalesce(signals.signals_triggered, 0) as signals_triggered,
        signals.main_signal,
        signals.second_signal

    from banded
    left join signals on banded.snapshot_date = signals.snapshot_date and banded.customer_id = signals.customer_id

)

select * from final
