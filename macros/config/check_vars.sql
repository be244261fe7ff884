{% macro check_vars() %}
    {%- if execute -%}
    {%- if var('rfm_scoring') not in ['bands', 'quantiles'] -%}
        {{ exceptions.raise_compiler_error("var rfm_scoring is '" ~ var('rfm_scoring') ~ "': use bands or quantiles") }}
    {%- endif -%}
    {%- for name in ['inputs', 'raw_tables'] if var(name) -%}
        {%- if var(name) is not mapping -%}
            {{ exceptions.raise_compiler_error("var " ~ name ~ " is '" ~ var(name) ~ "': use a mapping such as {orders: my_orders}") }}
        {%- endif -%}
        {%- for table, given in var(name).items() -%}
            {%- if table not in input_tables() -%}
                {{ exceptions.raise_compiler_error("var " ~ name ~ " has the unknown table '" ~ table ~ "': use " ~ input_tables() | join(', ')) }}
            {%- elif not modules.re.fullmatch('[^.]+' if name == 'inputs' else '([^.]+[.]){0,2}[^.]+', given | string) -%}
                {{ exceptions.raise_compiler_error("var " ~ name ~ " has '" ~ given ~ "' for " ~ table ~ ": use "
                    ~ ("the name of a model" if name == 'inputs' else "a name such as shop_orders, sales.shop_orders or database.sales.shop_orders")) }}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if var('inputs') and var('raw_tables') -%}
        {{ exceptions.raise_compiler_error("var raw_tables is '" ~ var('raw_tables') ~ "', but no raw table is read if var inputs is set: use one of the two") }}
    {%- endif -%}
    {%- if var('shop_timezone') not in modules.pytz.all_timezones_set -%}
        {{ exceptions.raise_compiler_error("var shop_timezone is '" ~ var('shop_timezone') ~ "', which is not a known time zone: use a name such as UTC or Asia/Shanghai") }}
    {%- endif -%}
    {%- if var('input_timezone') not in [none, 'shop'] and var('input_timezone') not in modules.pytz.all_timezones_set -%}
        {{ exceptions.raise_compiler_error("var input_timezone is '" ~ var('input_timezone') ~ "': use shop, or the name of a time zone such as UTC or Asia/Shanghai") }}
    {%- endif -%}
    {%- for name in ['as_of_date', 'earliest_date', 'latest_date'] -%}
        {%- set value = var(name) -%}
        {%- if value is not none and not modules.re.fullmatch('[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])', value | string) -%}
            {{ exceptions.raise_compiler_error("var " ~ name ~ " is '" ~ value ~ "', which is not a valid date: use YYYY-MM-DD, such as 2024-06-30") }}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in [
        'max_line_quantity', 'rfm_window_days', 'rfm_minimum_customers', 'churn_inactive_days', 'churn_horizon_days',
        'model_sample_customers', 'identity_window_days', 'shared_device_customers', 'bot_events_per_hour', 'session_timeout_minutes',
        'cart_abandonment_hours',
    ] -%}
        {#- 100 years of days: dates beyond the calendar would fail in the middle of a build -#}
        {%- set most = 36500 if name.split('_')[-1] in ['days', 'hours', 'minutes'] else 1000000000 -%}
        {%- if var(name) is not integer or not 1 <= var(name) <= most -%}
            {{ exceptions.raise_compiler_error("var " ~ name ~ " is '" ~ var(name) ~ "': use a whole number from 1 to " ~ most) }}
        {%- endif -%}
    {%- endfor -%}
    {%- if var('max_order_amount') is not none and (var('max_order_amount') is not number or var('max_order_amount') <= 0) -%}
        {{ exceptions.raise_compiler_error("var max_order_amount is '" ~ var('max_order_amount') ~ "': use a number above 0") }}
    {%- endif -%}
    {%- if var('monthly_discount_rate') is not number or not 0 <= var('monthly_discount_rate') < 1 -%}
        {{ exceptions.raise_compiler_error("var monthly_discount_rate is '" ~ var('monthly_discount_rate') ~ "': use a number that is at least 0 and below 1") }}
    {%- endif -%}
    {%- for name in [
        'guests_with_email_are_customers', 'prices_include_tax', 'refunded_orders_count', 'session_cut_on_campaign'
    ] if var(name) is not boolean -%}
        {{ exceptions.raise_compiler_error("var " ~ name ~ " is '" ~ var(name) ~ "': use true or false") }}
    {%- endfor -%}
    {%- endif -%}
{% endmacro %}
