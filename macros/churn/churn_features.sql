{# What is known of a customer at a cutoff, as the columns of int_churn_features: what the logistic model weighs. #}
{% macro churn_features() -%}
    {{ return([
        'recency', 'overdue', 'orders_30d', 'orders_90d', 'orders_365d', 'amount_30d', 'amount_90d', 'amount_365d',
        'repeat_days', 'tenure', 'amount_variation', 'gap_variation', 'discounted_share', 'returned_share',
        'sessions_30d', 'sessions_90d', 'sessions_change', 'carts_left_30d', 'complaints_90d', 'points_earned_365d',
        'points_redeemed_365d', 'subscribed_channels', 'unsubscribed_channels',
    ]) }}
{%- endmacro %}
