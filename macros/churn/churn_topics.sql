{# What is known of a customer at a cutoff: columns of int_churn_features by topic. Within a topic they go together, so that
   only what they add up to says something. #}
{% macro churn_topics() -%}
    {{ return({
        'recency': ['recency', 'overdue'],
        'purchases': [
            'orders_30d', 'orders_90d', 'orders_365d', 'amount_30d', 'amount_90d', 'amount_365d', 'repeat_days', 'tenure',
            'amount_variation', 'gap_variation',
        ],
        'discounts': ['discounted_share'],
        'returns': ['returned_share', 'complaints_90d'],
        'visits': ['sessions_30d', 'sessions_90d', 'sessions_change', 'carts_left_30d'],
        'loyalty': ['points_earned_365d', 'points_redeemed_365d', 'subscribed_channels', 'unsubscribed_channels'],
    }) }}
{%- endmacro %}
