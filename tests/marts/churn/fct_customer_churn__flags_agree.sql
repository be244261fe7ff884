-- Recency, overdue ratio, flags, signals and status of a customer are consistent with each other and with
-- fct_customer_rfm, fct_orders and dim_customers.
with last_orders as (

    select
        customer_id,
        max(order_date) as last_order_date

    from {{ ref('fct_orders') }}

    where is_valid and customer_id is not null

    group by customer_id

),

joined as (

    select
        coalesce(churn.customer_id, last_orders.customer_id) as customer_id,
        last_orders.last_order_date,
        {{ dbt.datediff('last_orders.last_order_date', 'churn.as_of_date', 'day') }} as counted_recency_days,
        {{ dbt.datediff('last_orders.last_order_date', 'churn.expected_next_order_date', 'day') }} as counted_gap_days,
        churn.recency_days,
        rfm.recency_days as rfm_recency_days,
        rfm.lifecycle_segment,
        churn.expected_gap_days,
        churn.overdue_ratio,
        churn.is_churned,
        churn.is_at_risk,
        churn.is_churn_warning,
        churn.is_overdue,
        churn.churn_status,
        customers.churn_status as customer_churn_status,
        churn.signals_triggered,
        churn.main_signal,
        churn.second_signal,
        churn.churn_probability,
        customers.churn_probability as customer_churn_probability,
        churn.probability_method,
        churn.risk_band,
        bands.risk_band as band_of_probability,
        coalesce(bands.is_at_risk, false) as is_band_at_risk,
        coalesce(bands.confirms_warning, true) as is_warning_confirmed,
        churn.main_driver,
        case when churn.is_overdue then 1 else 0 end
        + case when churn.has_orders_halved then 1 else 0 end
        + case when churn.has_visits_halved then 1 else 0 end
        + case when churn.has_amount_dropped then 1 else 0 end
        + case when churn.has_complaints_up then 1 else 0 end
        + case when churn.has_returns_up then 1 else 0 end
        + case when churn.has_bad_reviews then 1 else 0 end
        + case when churn.has_unsubscribed then 1 else 0 end
        + case when churn.has_cart_left then 1 else 0 end as flags_set

    from {{ ref('fct_customer_churn') }} as churn
    full outer join last_orders on churn.customer_id = last_orders.customer_id
    left join {{ ref('fct_customer_rfm') }} as rfm on churn.customer_id = rfm.customer_id
    left join {{ ref('dim_customers') }} as customers on churn.customer_id = customers.customer_id
    left join {{ ref('churn_risk_bands') }} as bands
        on
            churn.churn_probability >= bands.lower_bound
            and churn.churn_probability < coalesce(bands.upper_bound, 2)

)

select * from joined

where
    last_order_date is null
    or recency_days is null
    or recency_days is distinct from counted_recency_days
    or recency_days is distinct from rfm_recency_days
    -- both are rounded: to four decimals, and to whole days
    or abs(overdue_ratio * expected_gap_days - recency_days) > 0.0001 * expected_gap_days + 0.0001
    or abs(expected_gap_days - counted_gap_days) > 0.5
    or (overdue_ratio is null) <> (expected_gap_days is null)
    or is_churned <> (recency_days > {{ var('churn_inactive_days') }})
    or is_at_risk <> (
        not is_churned and (is_band_at_risk or (is_warning_confirmed and (is_overdue or signals_triggered >= 2)))
    )
    or churn_probability is distinct from customer_churn_probability
    or not coalesce(churn_probability between 0 and 1, true)
    or (probability_method = 'none') <> (churn_probability is null)
    or (main_driver is not null) <> coalesce(band_of_probability <> 'low', false)
    or risk_band is distinct from band_of_probability
    or (risk_band is null) <> (churn_probability is null)
    or (main_signal is null) <> (signals_triggered = 0)
    or (second_signal is null) <> (signals_triggered < 2)
    or (is_churn_warning and not is_at_risk)
    or (is_at_risk and lifecycle_segment in ('churn_warning', 'high_value') and not is_churn_warning)
    or signals_triggered <> flags_set
    or (main_signal is null) <> (signals_triggered = 0)
    or churn_status <> case when is_churned then 'churned' when is_at_risk then 'at_risk' else 'active' end
    or churn_status is distinct from customer_churn_status
