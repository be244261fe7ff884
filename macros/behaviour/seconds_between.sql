{# Whole seconds that have passed from one timestamp to a later one. #}
{% macro seconds_between(start, end) -%}
    cast(floor({{ microseconds_between(start, end) }} / 1000000.0) as bigint)
{%- endmacro %}
