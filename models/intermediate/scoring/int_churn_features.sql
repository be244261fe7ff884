with outcomes as (

    select * from {{ ref('int_snapshot_outcomes') }}

),

orders as (

    select * from {{ ref('int_order_features') }}

),

overdue as (

    select * from {{ ref('int_customer_overdue') }}

),

engagement as (

    select * from {{ ref('int_engagement_features') }}

),

features as (

    select
        orders.snapshot_date,
        orders.customer_id,
        orders.is_as_of,
        orders.is_scored,
        orders.is_in_sample,
        outcomes.label_through,
        outcomes.churned,
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
        {{ log_of_one_more('engagement.sessions_30d') }} as sessions_30d,
        {{ log_of_one_more('engagement.sessions_90d') }} as sessions_90d,
        {{ log_of_one_more('engagement.sessions_90d') }} - {{ log_of_one_more('engagement.sessions_90d_before') }} as sessions_change,
        {{ log_of_one_more('engagement.carts_left_30d') }} as carts_left_30d,
        {% for measure in ['complaints_90d', 'points_earned_365d', 'points_redeemed_365d'] -%}
        {{ log_of_one_more('engagement.' ~ measure) }} as {{ measure }},
        {% endfor -%}
        cast(engagement.subscribed_channels as {{ type_double() }}) as subscribed_channels,
        cast(engagement.unsubscribed_channels as {{ type_double() }}) as unsubscribed_channels

    from orders
    inner join overdue on orders.snapshot_date = overdue.snapshot_date and orders.customer_id = overdue.customer_id
    inner join engagement on orders.snapshot_date = engagement.snapshot_date and orders.customer_id = engagement.customer_id
    left join outcomes on orders.snapshot_date = outcomes.snapshot_date and orders.customer_id = outcomes.customer_id

),

final as (

    select
        snapshot_date,
        customer_id,
        is_as_of,
        is_scored,
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
