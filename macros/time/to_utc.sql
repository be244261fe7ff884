{# UTC timestamp of a local time. Of the hour that a clock change repeats, the second one counts. is_raw: a time of the raw tables
   without an offset, in the time zone of the var input_timezone. #}
{% macro to_utc(column, is_raw=false) -%}
    {%- set zone = var('shop_timezone') if not is_raw or var('input_timezone') == 'shop' else (var('input_timezone') or 'UTC') -%}
    {%- if zone == 'UTC' -%} {{ column }}
    {%- else -%} {{ return(adapter.dispatch('to_utc')(column, zone)) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__to_utc(column, zone) -%}
    timezone('UTC', timezone('{{ zone }}', {{ column }}))
{%- endmacro %}

{# Spark would take the first of a repeated hour. #}
{% macro spark__to_utc(column, zone) -%}
    {%- set later = "to_utc_timestamp(" ~ column ~ ", '" ~ zone ~ "') + interval '1' hour" -%}
    case
        when from_utc_timestamp({{ later }}, '{{ zone }}') = {{ column }} then {{ later }}
        else to_utc_timestamp({{ column }}, '{{ zone }}')
    end
{%- endmacro %}
