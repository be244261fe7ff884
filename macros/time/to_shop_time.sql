{% macro to_shop_time(column) -%}
    {%- if var('shop_timezone') == 'UTC' -%} {{ column }}
    {%- else -%} {{ return(adapter.dispatch('to_shop_time')(column)) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__to_shop_time(column) -%}
    timezone('{{ var("shop_timezone") }}', timezone('UTC', {{ column }}))
{%- endmacro %}

{% macro spark__to_shop_time(column) -%}
    from_utc_timestamp({{ column }}, '{{ var("shop_timezone") }}')
{%- endmacro %}
