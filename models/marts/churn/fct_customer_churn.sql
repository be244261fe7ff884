with overdue as (

    select * from {{ ref('int_customer_overdue') }}

),

probabilities as (

    select * from {{ ref('int_customer_churn_probabilities') }}

),

rfm as (

    select * from {{ ref('fct_customer_rfm') }}

),

top_customers as (

    select customer_id
    from {{ ref('int_customer_rfm') }}
    where customer_percentile <= 20

),

signals as (

    select * from {{ ref('int_customer_churn_signals') }}

),

judged as (

    select
        overdue.customer_id,
        rfm.as_of_date,
        rfm.recency_days,
        overdue.last_order_date,
        overdue.expected_gap_days,
        overdue.overdue_ratio,
        probabilities.is_churned,
        not probabilities.is_churned and probabilities.is_warned as is_at_risk,
        rfm.lifecycle_segment in ('churn_warning', 'high_value') or top_customers.customer_id is not null as is_of_value,
        case
            when probabilities.is_churned then 'churned' when probabilities.is_warned then 'at_risk' else 'active'
        end as churn_status

    from overdue
    inner join rfm on overdue.snapshot_date = rfm.as_of_date and overdue.customer_id = rfm.customer_id
    inner join probabilities on overdue.customer_id = probabilities.customer_id
    left join top_customers on overdue.customer_id = top_customers.customer_id

),

final as (

    select
        judged.customer_id,
        judged.as_of_date,
        judged.recency_days,
        judged.expected_gap_days,
        judged.overdue_ratio,
        cast(
            {{ dbt.dateadd('day', 'cast(round(judged.expected_gap_days) as integer)', 'judged.last_order_date') }} as date
        ) as expected_next_order_date,
        judged.is_churned,
        judged.is_at_risk,
        judged.is_at_risk and judged.is_of_value as is_churn_warning,
        judged.churn_status,
        statuses.label_en as churn_status_en,
        statuses.label_zh as churn_status_zh,
        signals.overdue as is_overdue,
        signals.orders_halved as has_orders_halved,
        signals.visits_halved as has_visits_halved,
        signals.amount_dropped as has_amount_dropped,
        signals.complaints_up as has_complaints_up,
        signals.returns_up as has_returns_up,
        signals.bad_reviews as has_bad_reviews,
        signals.unsubscribed as has_unsubscribed,
        signals.cart_left as has_cart_left,
        cast(signals.signals_triggered as integer) as signals_triggered,
        signals.main_signal,
        main_signals.label_en as main_signal_en,
        main_signals.label_zh as main_signal_zh,
        probabilities.churn_probability,
        probabilities.churn_probability_bgnbd,
        probabilities.churn_probability_logistic,
        probabilities.risk_band,
        risk_bands.label_en as risk_band_en,
        risk_bands.label_zh as risk_band_zh,
        probabilities.probability_method,
        probability_methods.label_en as probability_method_en,
        probability_methods.label_zh as probability_method_zh,
        reasons.main_driver,
        reasons.main_driver_en,
        reasons.main_driver_zh,
        reasons.reasons_en,
        reasons.reasons_zh,
        actions.action_en as recommended_action_en,
        actions.action_zh as recommended_action_zh

    from judged
    inner join signals on judged.customer_id = signals.customer_id
    inner join probabilities on judged.customer_id = probabilities.customer_id
    inner join {{ ref('int_customer_churn_reasons') }} as reasons on judged.customer_id = reasons.customer_id
    left join {{ ref('labels') }} as statuses
        on statuses.code_type = 'churn_status' and judged.churn_status = statuses.code
    left join {{ ref('labels') }} as main_signals
        on main_signals.code_type = 'churn_signal' and signals.main_signal = main_signals.code
    left join {{ ref('labels') }} as risk_bands
        on risk_bands.code_type = 'risk_band' and probabilities.risk_band = risk_bands.code
    left join {{ ref('labels') }} as probability_methods
        on probability_methods.code_type = 'probability_method' and probabilities.probability_method = probability_methods.code
    left join {{ ref('recommended_actions') }} as actions
        on
            actions.action_for = case when signals.main_signal is null then 'churn_status' else 'churn_signal' end
            and actions.code = coalesce(signals.main_signal, judged.churn_status)

)

select * from final
