-- The main signal is one with its flag set, and no other active signal has a higher weight.
with flags as (

    select
        churn.customer_id,
        churn.main_signal,
        signals.signal,
        signals.weight,
        case signals.signal
            when 'overdue' then churn.is_overdue
            when 'orders_halved' then churn.has_orders_halved
            when 'visits_halved' then churn.has_visits_halved
            when 'amount_dropped' then churn.has_amount_dropped
            when 'complaints_up' then churn.has_complaints_up
            when 'returns_up' then churn.has_returns_up
            when 'bad_reviews' then churn.has_bad_reviews
            when 'unsubscribed' then churn.has_unsubscribed
            when 'cart_left' then churn.has_cart_left
        end as is_set

    from {{ ref('fct_customer_churn') }} as churn
    cross join {{ ref('churn_signals') }} as signals

),

customers as (

    select
        customer_id,
        main_signal,
        max(weight) as greatest_weight,
        max(case when signal = main_signal then weight end) as weight_of_main_signal

    from flags

    where is_set

    group by customer_id, main_signal

)

select * from customers

where weight_of_main_signal is distinct from greatest_weight
