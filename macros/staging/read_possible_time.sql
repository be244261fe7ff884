{# An optional time: one that cannot be is taken as not given. #}
{% macro read_possible_time(column) -%}
    case when {{ is_possible_time(read_timestamp(column)) }} then {{ read_timestamp(column) }} end
{%- endmacro %}
