{% macro rate_ratio_z(people, people_before, base_people, base_people_before) -%}
    {%- set ratio = "(cast(" ~ people_before ~ " as " ~ type_double() ~ ") / nullif(" ~ base_people_before ~ ", 0))" -%}
    2 * (sqrt({{ people }} + 0.375) - sqrt({{ ratio }} * ({{ base_people }} + 0.375)))
    / sqrt(1 + {{ ratio }})
{%- endmacro %}
