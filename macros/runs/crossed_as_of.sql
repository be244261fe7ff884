{# A condition: the moment lies between the as-of day of the last finished run and this one's. as_of: the CTE of int_as_of. #}
{% macro crossed_as_of(column, as_of='as_of') -%}
    {%- if is_continued() -%}
    {%- set before = "(select as_of_end_at from " ~ run_table('finished_run') ~ ")" -%}
    ({{ column }} >= least({{ as_of }}.as_of_end_at, {{ before }}) and {{ column }} < greatest({{ as_of }}.as_of_end_at, {{ before }}))
    {%- else -%} 1 = 0
    {%- endif -%}
{%- endmacro %}
