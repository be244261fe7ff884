{# The only use of the clock by models: without var latest_date, the shop's day on which the run started. #}
{% macro latest_date() -%}
    {%- if var('latest_date') is not none -%} {{ var('latest_date') }}
    {%- elif execute -%} {{ run_started_at.astimezone(modules.pytz.timezone(var('shop_timezone'))).strftime('%Y-%m-%d') }}
    {%- endif -%}
{%- endmacro %}
