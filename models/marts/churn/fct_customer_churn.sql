{%- set flags = {
    'overdue': 'is_overdue', 'orders_halved': 'has_orders_halved', 'visits_halved': 'has_visits_halved',
    'amount_dropped': 'has_amount_dropped', 'complaints_up': 'has_complaints_up', 'returns_up': 'has_returns_up',
    'bad_reviews': 'has_bad_reviews', 'unsubscribed': 'has_unsubscribed', 'cart_left': 'has_cart_left',
} -%}

with customers as (

    select * from {{ ref('int_customer_churn') }}
    where is_as_of

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

final as (

    select
        customers.customer_id,
        customers.snapshot_date as as_of_date,
        cast(customers.recency_days as integer) as recency_days,
        customers.expected_gap_days,
        customers.overdue_ratio,
        customers.next_order_due_on as expected_next_order_date,
        customers.is_churned,
        customers.is_at_risk,
        customers.is_high_value,
        customers.is_churn_warning,
        customers.churn_status,
        {% for flag in flags.values() -%}
        coalesce(flags.{{ flag }}, false) as {{ flag }},
        {% endfor -%}
        cast(customers.signals_triggered as integer) as signals_triggered,
        customers.main_signal,
        customers.second_signal,
        customers.churn_probability,
        customers.churn_probability_bgnbd,
        customers.churn_probability_logistic,
        customers.gone_probability,
        customers.value_at_risk,
        customers.value_at_risk_method,
        customers.risk_band,
        customers.probability_method,
        customers.main_driver,
        coalesce(customers.main_signal, customers.churn_status) as recommended_action

    from customers
    left join flags on customers.customer_id = flags.customer_id

)

select * from final
