{% macro two_sample_z(people, people_before, base_people, base_people_before) -%}
    {%- set before = "nullif(cast(" ~ people_before ~ " as " ~ type_double() ~ "), 0)" -%}
    {%- set base_before = "nullif(cast(" ~ base_people_before ~ " as " ~ type_double() ~ "), 0)" -%}
    {%- set pooled = "((" ~ people ~ " + " ~ base_people ~ ") / (" ~ before ~ " + " ~ base_before ~ "))" -%}
    ({{ people }} / {{ before }} - {{ base_people }} / {{ base_before }})
    / nullif(sqrt({{ pooled }} * (1 - {{ pooled }}) * (1 / {{ before }} + 1 / {{ base_before }})), 0)
{%- endmacro %}
