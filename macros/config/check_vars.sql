{% macro check_vars() %}
    {%- if execute -%}
    {%- set problems = [] -%}
    {%- set date = '[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' -%}
    {%- set name = '\\w[\\w $-]*' -%}
    {%- set date_advice = 'a date such as 2024-06-30 (YYYY-MM-DD)' -%}
    {#- most values reach SQL, so none may contain a quote -#}
    {%- set patterns = {
        'raw_path': ['[^\\x00-\\x1f]+', 'the path of a folder'],
        'raw_schema': ['(' ~ name ~ '[.])?' ~ name, 'the name of a schema such as sales'],
        'as_of_date': [date, date_advice],
        'earliest_date': [date, date_advice],
        'latest_date': [date, date_advice],
        'reporting_currency': ['\\s*[A-Za-z]{3}\\s*', 'the code of a currency such as CNY'],
        'rfm_scoring': ['bands|quantiles', 'bands or quantiles'],
    } -%}
    {%- for var_name, (pattern, advice) in patterns.items() -%}
        {%- set value = var(var_name) -%}
        {%- if value is none and var_name not in ['earliest_date', 'rfm_scoring'] -%}
        {%- elif value is none or value is boolean or (value is iterable and value is not string) or not modules.re.fullmatch(pattern, value | string) -%}
            {%- do problems.append("var " ~ var_name ~ " is '" ~ value ~ "': use " ~ advice) -%}
        {%- elif pattern == date -%}
            {%- set year, month, day = (value | string).split('-') | map('int') -%}
            {#- the 30th of February is a day of March -#}
            {%- if (modules.datetime.date(year, month, 1) + modules.datetime.timedelta(days=day - 1)).month != month -%}
                {%- do problems.append("var " ~ var_name ~ " is '" ~ value ~ "': use " ~ advice) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}

    {%- if var('shop_timezone') is not string or var('shop_timezone') not in modules.pytz.all_timezones_set -%}
        {%- do problems.append("var shop_timezone is '" ~ var('shop_timezone') ~ "': use the name of a time zone such as UTC or Asia/Shanghai") -%}
    {%- endif -%}
    {%- if var('input_timezone') not in [none, 'shop'] and (var('input_timezone') is not string or var('input_timezone') not in modules.pytz.all_timezones_set) -%}
        {%- do problems.append("var input_timezone is '" ~ var('input_timezone') ~ "': use shop, or the name of a time zone such as UTC or Asia/Shanghai") -%}
    {%- endif -%}

    {%- for var_name in [
        'max_line_quantity', 'rfm_window_days', 'rfm_minimum_customers', 'churn_inactive_days', 'churn_horizon_days',
        'model_sample_customers', 'identity_window_days', 'shared_device_customers', 'bot_events_per_hour', 'session_timeout_minutes',
        'cart_abandonment_hours',
    ] -%}
        {#- 100 years of days: dates beyond the calendar would fail in the middle of a build -#}
        {%- set most = 36500 if var_name.split('_')[-1] in ['days', 'hours', 'minutes'] else 1000000000 -%}
        {%- if var(var_name) is not integer or not 1 <= var(var_name) <= most -%}
            {%- do problems.append("var " ~ var_name ~ " is '" ~ var(var_name) ~ "': use a whole number from 1 to " ~ most) -%}
        {%- endif -%}
    {%- endfor -%}
    {#- to Jinja, true, nan and infinity are numbers too -#}
    {%- set most, rate = var('max_order_amount'), var('monthly_discount_rate') -%}
    {%- if most is not none and (most is not number or most is boolean or not 0 < most <= 1000000000000000) -%}
        {%- do problems.append("var max_order_amount is '" ~ most ~ "': use a number above 0") -%}
    {%- endif -%}
    {%- if rate is not number or rate is boolean or not 0 <= rate < 1 -%}
        {%- do problems.append("var monthly_discount_rate is '" ~ rate ~ "': use a number that is at least 0 and below 1") -%}
    {%- endif -%}
    {%- for var_name in [
        'guests_with_email_are_customers', 'prices_include_tax', 'refunded_orders_count', 'session_cut_on_campaign'
    ] if var(var_name) is not boolean -%}
        {%- do problems.append("var " ~ var_name ~ " is '" ~ var(var_name) ~ "': use true or false") -%}
    {%- endfor -%}

    {%- for var_name, pattern, advice in [
        ('inputs', '\\w+', 'the name of a model'),
        ('raw_tables', '(' ~ name ~ '[.]){0,2}' ~ name, 'a name such as shop_orders, sales.shop_orders or database.sales.shop_orders'),
    ] if var(var_name) -%}
        {%- if var(var_name) is not mapping -%}
            {%- do problems.append("var " ~ var_name ~ " is '" ~ var(var_name) ~ "': use a mapping such as {orders: my_orders}") -%}
        {%- else -%}
            {%- for table, given in var(var_name).items() -%}
                {%- if table not in input_tables() -%}
                    {%- do problems.append("var " ~ var_name ~ " has the unknown table '" ~ table ~ "': use " ~ input_tables() | join(', ')) -%}
                {%- elif not modules.re.fullmatch(pattern, given | string) -%}
                    {%- do problems.append("var " ~ var_name ~ " has '" ~ given ~ "' for " ~ table ~ ": use " ~ advice) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}

    {%- if problems -%} {{ exceptions.raise_compiler_error(problems | join('; ')) }} {%- endif -%}
    {%- if var('inputs') and var('raw_tables') -%}
        {{ exceptions.raise_compiler_error("var raw_tables is '" ~ var('raw_tables') ~ "', but no raw table is read if var inputs is set: use one of the two") }}
    {%- endif -%}
    {%- do funnels() -%}
    {%- endif -%}
{% endmacro %}
