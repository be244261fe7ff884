{# Columns of int_churn_features by topic. Features of a topic are correlated, so only their sum is interpretable. Each has the
   side of the mean that the topic's label describes; tenure has none. #}
{% macro churn_topics() -%}
    {{ return({
        'recency': {'recency': 'high', 'overdue': 'high'},
        'purchases': {
            'orders_30d': 'low', 'orders_90d': 'low', 'orders_365d': 'low',
            'amount_30d': 'low', 'amount_90d': 'low', 'amount_365d': 'low',
            'repeat_days': 'low', 'tenure': none, 'amount_variation': 'high', 'gap_variation': 'high',
        },
        'discounts': {'discounted_share': 'high'},
        'returns': {'returned_share': 'high', 'complaints_90d': 'high'},
        'visits': {'sessions_30d': 'low', 'sessions_90d': 'low', 'sessions_change': 'low', 'carts_left_30d': 'high'},
        'loyalty': {
            'points_earned_365d': 'low', 'points_redeemed_365d': 'low', 'subscribed_channels': 'low',
            'unsubscribed_channels': 'high',
        },
    }) }}
{%- endmacro %}
