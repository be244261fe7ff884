{# The vars that incremental models depend on. The others are read by models that every run builds anew. #}
{% macro setting_vars() -%}
    {{ return([
        'shop_timezone', 'earliest_date', 'reporting_currency', 'max_line_quantity', 'refunded_orders_count',
        'identity_window_days', 'shared_device_customers', 'bot_events_per_hour', 'session_timeout_minutes',
        'session_cut_on_campaign', 'funnels',
    ]) }}
{%- endmacro %}
