{# A condition: the moment lies on the as-of day or before it. as_of: the CTE of int_as_of. DuckDB expects a join on a bare
   comparison to leave next to no rows, and would plan all later joins the wrong way round. #}
{% macro is_up_to_as_of(column, as_of='as_of') -%}
    coalesce({{ column }} < {{ as_of }}.as_of_end_at, false)
{%- endmacro %}
