{%- set flags = {
    'overdue': 'is_overdue', 'orders_halved': 'has_orders_halved', 'visits_halved': 'has_visits_halved',
    'amount_dropped': 'has_amount_dropped', 'complaints_up': 'has_complaints_up', 'returns_up': 'has_returns_up',
    'bad_reviews': 'has_bad_reviews', 'unsubscribed': 'has_unsubscribed', 'cart_left': 'has_cart_left',
} -%}

with customers as (

    select * from {{ ref('int_customer_churn') }}

),

flags as (

    select
        signals.customer_id,
        {% for signal, flag in flags.items() -%}
        max(case when signals.signal = '{{ signal }}' then 1 else 0 end) = 1 as {{ flag }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_churn_signals') }} as signals
    inner join {{ ref('int_as_of') }} as as_of on signals.snapshot_date = as_of.as_of_date

    group by signals.customer_id

),

labels as (

    select * from {{ ref('labels') }}

),

top_customers as (

    select customer_id
    from {{ ref('int_customer_rfm') }}
    where customer_percentile <= 20

),

final as (

    select
        customers.customer_id,
        customers.as_of_date,
        cast(customers.recency_days as integer) as recency_days,
        overdue.expected_gap_days,
        overdue.overdue_ratio,
        cast(
            {{ dbt.dateadd('day', 'cast(round(overdue.expected_gap_days) as integer)', 'overdue.last_order_date') }} as date
        ) as expected_next_order_date,
        customers.is_churned,
        customers.is_at_risk,
        customers.is_at_risk
        and (rfm.lifecycle_segment in ('churn_warning', 'high_value') or top_customers.customer_id is not null) as is_churn_warning,
        customers.churn_status,
        statuses.label_en as churn_status_en,
        statuses.label_zh as churn_status_zh,
        {% for flag in flags.values() -%}
        coalesce(flags.{{ flag }}, false) as {{ flag }},
        {% endfor -%}
        cast(customers.signals_triggered as integer) as signals_triggered,
        customers.main_signal,
        main_signals.label_en as main_signal_en,
        main_signals.label_zh as main_signal_zh,
        customers.churn_probability,
        customers.churn_probability_bgnbd,
        customers.churn_probability_logistic,
        customers.risk_band,
        risk_bands.label_en as risk_band_en,
        risk_bands.label_zh as risk_band_zh,
        customers.probability_method,
        probability_methods.label_en as probability_method_en,
        probability_methods.label_zh as probability_method_zh,
        customers.main_driver,
        drivers.label_en as main_driver_en,
        drivers.label_zh as main_driver_zh,
        nullif(concat_ws('; ', main_signals.label_en, second_signals.label_en, drivers.label_en), '') as reasons_en,
        nullif(concat_ws('；', main_signals.label_zh, second_signals.label_zh, drivers.label_zh), '') as reasons_zh,
        actions.action_en as recommended_action_en,
        actions.action_zh as recommended_action_zh

    from customers
    inner join {{ ref('int_customer_overdue') }} as overdue
        on customers.as_of_date = overdue.snapshot_date and customers.customer_id = overdue.customer_id
    inner join {{ ref('fct_customer_rfm') }} as rfm on customers.customer_id = rfm.customer_id
    left join top_customers on customers.customer_id = top_customers.customer_id
    left join flags on customers.customer_id = flags.customer_id
    left join labels as statuses on statuses.code_type = 'churn_status' and customers.churn_status = statuses.code
    left join labels as main_signals
        on main_signals.code_type = 'churn_signal' and customers.main_signal = main_signals.code
    left join labels as second_signals
        on second_signals.code_type = 'churn_signal' and customers.second_signal = second_signals.code
    left join labels as risk_bands on risk_bands.code_type = 'risk_band' and customers.risk_band = risk_bands.code
    left join labels as probability_methods
        on probability_methods.code_type = 'probability_method' and customers.probability_method = probability_methods.code
    left join labels as drivers on drivers.code_type = 'churn_driver' and customers.main_driver = drivers.code
    left join {{ ref('recommended_actions') }} as actions
        on
            actions.action_for = case when customers.main_signal is null then 'churn_status' else 'churn_signal' end
            and actions.code = coalesce(customers.main_signal, customers.churn_status)

)

select * from final
