{# What personas are made of, as the columns of int_persona_features. #}
{% macro persona_features() -%}
    {{ return(['recency', 'orders_365d', 'order_amount', 'tenure', 'discounted_share', 'returned_share', 'sessions_90d']) }}
{%- endmacro %}
