{# The var as_of_date as a date, or the fallback if it is not set. #}
{% macro as_of_date_or(fallback) -%}
    {%- if var('as_of_date') is none -%} {{ fallback }}
    {%- else -%} cast('{{ var("as_of_date") }}' as date)
    {%- endif -%}
{%- endmacro %}
