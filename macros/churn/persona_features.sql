{# Features of the personas, as columns of int_churn_features. #}
{% macro persona_features() -%}
    {{ return(['recency', 'orders_365d', 'order_amount', 'tenure', 'discounted_share', 'returned_share', 'sessions_90d']) }}
{%- endmacro %}
