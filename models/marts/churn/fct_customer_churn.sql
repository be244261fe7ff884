{%- set churn_signals = [
    'overdue', 'orders_halved', 'visits_halved', 'amount_dropped', 'complaints_up', 'returns_up', 'bad_reviews',
    'unsubscribed', 'cart_left',
] -%}

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
    from {{ ref('int_customers_ranked') }}
    where customer_percentile <= 20

),

signals as (

    select
        cutoff_date,
        customer_id,
        {% for signal in churn_signals -%}
        max(case when signal = '{{ signal }}' then 1 else 0 end) = 1 as {{ signal }},
        {% endfor -%}
        count(*) as signals_triggered,
        max(case when signal_rank = 1 then signal end) as main_signal

    from {{ ref('int_churn_signals') }}

    group by cutoff_date, customer_id

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
        probabilities.is_warned,
        probabilities.churn_probability,
        probabilities.churn_probability_bgnbd,
        probabilities.churn_probability_logistic,
        probabilities.risk_band,
        probabilities.probability_method,
        rfm.lifecycle_segment in ('churn_warning', 'high_value') or top_customers.customer_id is not null as is_of_value,
        {% for signal in churn_signals -%}
        coalesce(signals.{{ signal }}, false) as {{ signal }},
        {% endfor -%}
        coalesce(signals.signals_triggered, 0) as signals_triggered,
        signals.main_signal

    from overdue
    inner join rfm on overdue.cutoff_date = rfm.as_of_date and overdue.customer_id = rfm.customer_id
    inner join probabilities on overdue.customer_id = probabilities.customer_id
    left join signals
        on overdue.cutoff_date = signals.cutoff_date and overdue.customer_id = signals.customer_id
    left join top_customers on overdue.customer_id = top_customers.customer_id

),

stated as (

    select
        judged.*,
        not is_churned and is_warned as is_at_risk,
        case when is_churned then 'churned' when is_warned then 'at_risk' else 'active' end as churn_status

    from judged

),

final as (

    select
        stated.customer_id,
        stated.as_of_date,
        stated.recency_days,
        stated.expected_gap_days,
        stated.overdue_ratio,
        cast(
            {{ dbt.dateadd('day', 'cast(round(stated.expected_gap_days) as integer)', 'stated.last_order_date') }} as date
        ) as expected_next_order_date,
        stated.is_churned,
        stated.is_at_risk,
        stated.is_at_risk and stated.is_of_value as is_churn_warning,
        stated.churn_status,
        statuses.label_en as churn_status_en,
        statuses.label_zh as churn_status_zh,
        stated.overdue as is_overdue,
        stated.orders_halved as has_orders_halved,
        stated.visits_halved as has_visits_halved,
        stated.amount_dropped as has_amount_dropped,
        stated.complaints_up as has_complaints_up,
        stated.returns_up as has_returns_up,
        stated.bad_reviews as has_bad_reviews,
        stated.unsubscribed as has_unsubscribed,
        stated.cart_left as has_cart_left,
        cast(stated.signals_triggered as integer) as signals_triggered,
        stated.main_signal,
        main_signals.label_en as main_signal_en,
        main_signals.label_zh as main_signal_zh,
        stated.churn_probability,
        stated.churn_probability_bgnbd,
        stated.churn_probability_logistic,
        stated.risk_band,
        stated.probability_method,
        probability_methods.label_en as probability_method_en,
        probability_methods.label_zh as probability_method_zh,
        reasons.main_driver,
        reasons.main_driver_en,
        reasons.main_driver_zh,
        reasons.reasons_en,
        reasons.reasons_zh,
        actions.action_en as recommended_action_en,
        actions.action_zh as recommended_action_zh

    from stated
    inner join {{ ref('int_customer_churn_reasons') }} as reasons on stated.customer_id = reasons.customer_id
    left join {{ ref('labels') }} as statuses
        on statuses.code_type = 'churn_status' and stated.churn_status = statuses.code
    left join {{ ref('labels') }} as main_signals
        on main_signals.code_type = 'churn_signal' and stated.main_signal = main_signals.code
    left join {{ ref('labels') }} as probability_methods
        on probability_methods.code_type = 'probability_method' and stated.probability_method = probability_methods.code
    left join {{ ref('recommended_actions') }} as actions
        on
            actions.action_for = case when stated.main_signal is null then 'churn_status' else 'churn_signal' end
            and actions.code = coalesce(stated.main_signal, stated.churn_status)

)

select * from final
