with orders as (

    select * from {{ ref('int_order_features') }}

),

overdue as (

    select
        snapshot_date,
        customer_id,
        overdue_ratio

    from {{ ref('int_customer_overdue') }}

),

visits as (

    select * from {{ ref('int_engagement_features') }}

),

voice as (

    select * from {{ ref('int_engagement_features') }}

),

final as (

    select
        orders.snapshot_date,
        orders.customer_id,
        {{ log_of_one_more('orders.recency_days') }} as recency,
        {{ log_of_one_more('overdue.overdue_ratio') }} as overdue,
        {% for measure in [
            'orders_30d', 'orders_90d', 'orders_365d', 'amount_30d', 'amount_90d', 'amount_365d', 'repeat_days',
        ] -%}
        {{ log_of_one_more('orders.' ~ measure) }} as {{ measure }},
        {% endfor -%}
        {{ log_of_one_more('orders.observed_days') }} as tenure,
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

    from orders
    inner join overdue on orders.snapshot_date = overdue.snapshot_date and orders.customer_id = overdue.customer_id
    inner join voice on orders.snapshot_date = voice.snapshot_date and orders.customer_id = voice.customer_id
    left join visits on orders.snapshot_date = visits.snapshot_date and orders.customer_id = visits.customer_id

)

select * from final
