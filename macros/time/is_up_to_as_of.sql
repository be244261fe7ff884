{# Whether a timestamp is on or before as_of_date. as_of: the CTE of int_as_of. The coalesce is for DuckDB: it estimates that a
   join on a plain comparison returns almost no rows and would order all later joins badly. #}
{% macro is_up_to_as_of(column, as_of='as_of') -%}
    coalesce({{ column }} < {{ as_of }}.as_of_end_at, false)
{%- endmacro %}
