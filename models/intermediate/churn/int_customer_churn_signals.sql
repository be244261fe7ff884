{%- set churn_signals = [
    'overdue', 'orders_halved', 'visits_halved', 'amount_dropped', 'complaints_up', 'returns_up', 'bad_reviews',
    'unsubscribed', 'cart_left',
] -%}

with customers as (

    select customer_id from {{ ref('int_customer_churn_probabilities') }}

),

signals as (

    select signals.*
    from {{ ref('int_churn_signals') }} as signals
    inner join {{ ref('int_as_of') }} as as_of on signals.snapshot_date = as_of.as_of_date

),

final as (

    select
        customers.customer_id,
        {% for signal in churn_signals -%}
        coalesce(max(case when signals.signal = '{{ signal }}' then 1 else 0 end) = 1, false) as {{ signal }},
        {% endfor -%}
        count(signals.signal) as signals_triggered,
        max(case when signals.signal_rank = 1 then signals.signal end) as main_signal

    from customers
    left join signals on customers.customer_id = signals.customer_id

    group by customers.customer_id

)

select * from final
