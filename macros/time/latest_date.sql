{# The only use of the clock in models: without the var latest_date, the shop's date at the start of the run. #}
{% macro latest_date() -%}
    {%- if var('latest_date') is not none -%} {{ var('latest_date') }}
    {%- elif execute -%} {{ run_started_at.astimezone(modules.pytz.timezone(var('shop_timezone'))).strftime('%Y-%m-%d') }}
    {%- endif -%}
{%- endmacro %}
