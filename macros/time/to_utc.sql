{% macro to_utc(column) -%}
    {%- if var('shop_timezone') == 'UTC' -%} {{ column }}
    {%- else -%} {{ return(adapter.dispatch('to_utc')(column)) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__to_utc(column) -%}
    timezone('UTC', timezone('{{ var("shop_timezone") }}', {{ column }}))
{%- endmacro %}

{% macro spark__to_utc(column) -%}
    to_utc_timestamp({{ column }}, '{{ var("shop_timezone") }}')
{%- endmacro %}
