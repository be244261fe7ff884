{# Features of the personas, as columns of int_persona_features. #}
{% macro persona_features() -%}
    {{ return([
        'recency', 'orders_365d', 'order_amount', 'tenure', 'units_per_order', 'discounted_share', 'returned_share', 'store_share',
        'weekend_share', 'evening_share', 'category_1_share', 'category_2_share', 'category_3_share', 'sessions_90d', 'cart_share',
    ]) }}
{%- endmacro %}
