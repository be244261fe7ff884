{# Tables of the input contract, in its order. #}
{% macro input_tables() -%}
    {{ return([
        'orders', 'order_items', 'products', 'customers', 'identity_links', 'events', 'refunds', 'reviews',
        'support_tickets', 'nps_responses', 'point_transactions', 'subscriptions', 'campaigns', 'campaign_sends',
        'ad_spend', 'exchange_rates',
    ]) }}
{%- endmacro %}
