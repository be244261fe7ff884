with customers as (

    select * from {{ ref('int_cutoff_customers') }}

),

outcomes as (

    select * from {{ ref('int_cutoff_outcomes') }}

),

orders as (

    select * from {{ ref('int_order_features') }}

),

overdue as (

    select * from {{ ref('int_customer_overdue') }}

),

visits as (

    select * from {{ ref('int_visit_features') }}

),

voice as (

    select * from {{ ref('int_voice_features') }}

),

features as (

    select
        customers.cutoff_date,
        customers.customer_id,
        customers.is_as_of,
        customers.is_judged,
        customers.is_in_sample,
        outcomes.label_through,
        outcomes.has_left as churned,
        {{ log_of_one_more('orders.recency_days') }} as recency,
        {{ log_of_one_more('overdue.overdue_ratio') }} as overdue,
        {% for measure in [
            'orders_30d', 'orders_90d', 'orders_365d', 'amount_30d', 'amount_90d', 'amount_365d', 'repeat_days',
        ] -%}
        {{ log_of_one_more('orders.' ~ measure) }} as {{ measure }},
        {% endfor -%}
        {{ log_of_one_more('orders.observed_days') }} as tenure,
        {{ log_of_one_more('orders.mean_day_amount') }} as order_amount,
        {% for measure in ['amount_variation', 'gap_variation', 'discounted_share', 'returned_share'] -%}
        cast(orders.{{ measure }} as {{ type_double() }}) as {{ measure }},
        {% endfor -%}
        {{ log_of_one_more('visits.sessions_30d') }} as sessions_30d,
        {{ log_of_one_more('visits.sessions_90d') }} as sessions_90d,
        {{ log_of_one_more('visits.sessions_90d') }} - {{ log_of_one_more('visits.sessions_90d_before') }} as sessions_change,
        {{ log_of_one_more('visits.carts_left_30d') }} as carts_left_30d,
        {% for measure in ['complaints_90d', 'points_earned_365d', 'points_redeemed_365d'] -%}
        {{ log_of_one_more('voice.' ~ measure) }} as {{ measure }},
        {% endfor -%}
        cast(voice.subscribed_channels as {{ type_double() }}) as subscribed_channels,
        cast(voice.unsubscribed_channels as {{ type_double() }}) as unsubscribed_channels

    from customers
    inner join orders on customers.cutoff_date = orders.cutoff_date and customers.customer_id = orders.customer_id
    inner join overdue on customers.cutoff_date = overdue.cutoff_date and customers.customer_id = overdue.customer_id
    inner join voice on customers.cutoff_date = voice.cutoff_date and customers.customer_id = voice.customer_id
    left join visits on customers.cutoff_date = visits.cutoff_date and customers.customer_id = visits.customer_id
    left join outcomes on customers.cutoff_date = outcomes.cutoff_date and customers.customer_id = outcomes.customer_id

),

final as (

    select
        cutoff_date,
        customer_id,
        is_as_of,
        is_judged,
        is_in_sample,
        label_through,
        churned,
        -- the logistic fit takes the features in this order
        {% for feature in churn_features() -%}
        {{ feature }},
        {% endfor -%}
        order_amount

    from features

)

select * from final
