{% macro check_vars() %}
    {%- if execute -%} {%- set problems, checks = [], [] -%}
    {%- set date, name = '[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])', '\\w[\\w $-]*' -%}
    {#- most values reach SQL, so none may contain a quote -#}
    {%- for var_name, pattern, advice in [
        ('raw_path', '[^\\x00-\\x1f]+', 'the path of a folder'),
        ('raw_schema', '(' ~ name ~ '[.])?' ~ name, 'the name of a schema such as sales'),
        ('as_of_date', date, 'a date such as 2024-06-30 (YYYY-MM-DD)'),
        ('earliest_date', date, 'a date such as 2024-06-30 (YYYY-MM-DD)'),
        ('latest_date', date, 'a date such as 2024-06-30 (YYYY-MM-DD)'),
        ('reporting_currency', '\\s*[A-Za-z]{3}\\s*', 'the code of a currency such as CNY'),
        ('rfm_scoring', 'bands|quantiles', 'bands or quantiles'),
    ] -%}
        {%- set value, is_text = var(var_name), var(var_name) is string or var(var_name) is not iterable and var(var_name) is not boolean -%}
        {%- set is_valid = value is not none and is_text and modules.re.fullmatch(pattern, value | string) is not none -%}
        {%- if is_valid and pattern == date -%}
            {#- the 30th of February is a day of March -#}
            {%- set year, month, day = (value | string).split('-') | map('int') -%}
            {%- set is_valid = (modules.datetime.date(year, month, 1) + modules.datetime.timedelta(days=day - 1)).month == month -%}
        {%- endif -%}
        {%- do checks.append((var_name, is_valid or (value is none and var_name not in ['earliest_date', 'rfm_scoring']), advice)) -%}
    {%- endfor -%}
    {%- for var_name, others in [('shop_timezone', []), ('input_timezone', [none, 'shop'])] -%}
        {%- set is_valid = var(var_name) in others or (var(var_name) is string and var(var_name) in modules.pytz.all_timezones_set) -%}
        {%- do checks.append((var_name, is_valid, ('shop, or ' if others else '') ~ 'the name of a time zone such as UTC or Asia/Shanghai')) -%}
    {%- endfor -%}
    {%- for var_name in [
        'max_line_quantity', 'rfm_window_days', 'rfm_minimum_customers', 'pairs_window_days', 'largest_basket', 'minimum_pair_orders', 'churn_inactive_days', 'churn_horizon_days', 'model_sample_customers',
        'identity_window_days', 'shared_device_customers', 'bot_events_per_hour', 'session_timeout_minutes', 'cart_abandonment_hours', 'attribution_lookback_days', 'attribution_half_life_days',
    ] -%}
        {#- 100 years of days: dates beyond the calendar would fail in the middle of a build; a next order comes within 90 days (next_order_days) -#}
        {%- set least, most = 91 if var_name == 'pairs_window_days' else 1, 36500 if var_name.split('_')[-1] in ['days', 'hours', 'minutes'] else 1000000000 -%}
        {%- do checks.append((var_name, var(var_name) is integer and least <= var(var_name) <= most, 'a whole number from ' ~ least ~ ' to ' ~ most)) -%}
    {%- endfor -%}
    {#- to Jinja, true, nan and infinity are numbers too -#}
    {%- set most, rate = var('max_order_amount'), var('monthly_discount_rate') -%}
    {%- do checks.extend([
        ('max_order_amount', most is none or (most is number and most is not boolean and 0 < most <= 1000000000000000), 'a number above 0'),
        ('monthly_discount_rate', rate is number and rate is not boolean and 0 <= rate < 1, 'a number that is at least 0 and below 1'),
    ]) -%}
    {%- for var_name in ['history_starts_at_opening', 'guests_with_email_are_customers', 'prices_include_tax', 'refunded_orders_count', 'session_cut_on_campaign'] -%} {%- do checks.append((var_name, var(var_name) is boolean, 'true or false')) -%} {%- endfor -%}
    {%- for var_name, pattern, advice in [
        ('inputs', '\\w+', 'the name of a model'),
        ('raw_tables', '(' ~ name ~ '[.]){0,2}' ~ name, 'a name such as shop_orders, sales.shop_orders or database.sales.shop_orders'),
    ] if var(var_name) -%}
        {%- do checks.append((var_name, var(var_name) is mapping, 'a mapping such as {orders: my_orders}')) -%}
        {%- for table, given in (var(var_name).items() if var(var_name) is mapping else []) -%}
            {%- if table not in input_tables() -%}
                {%- do problems.append("var " ~ var_name ~ " has the unknown table '" ~ table ~ "': use " ~ input_tables() | join(', ')) -%}
            {%- elif not modules.re.fullmatch(pattern, given | string) -%}
                {%- do problems.append("var " ~ var_name ~ " has '" ~ given ~ "' for " ~ table ~ ": use " ~ advice) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for var_name, is_valid, advice in checks if not is_valid -%} {%- do problems.append("var " ~ var_name ~ " is '" ~ var(var_name) ~ "': use " ~ advice) -%} {%- endfor -%}
    {%- if var('inputs') and var('raw_tables') -%}
        {%- do problems.append("var raw_tables is '" ~ var('raw_tables') ~ "', but no raw table is read if var inputs is set: use one of the two") -%}
    {%- endif -%}
    {%- if problems -%} {{ exceptions.raise_compiler_error(problems | join('; ')) }} {%- endif -%} {%- do funnels() -%} {%- endif -%}
{% endmacro %}
