{# How many standard errors a small rate lies from another, by square roots of the counts, negative below. Roots are
   near normal even where a handful of cases was expected (Gu, Ng, Tang and Schucany 2008, doi:10.1002/bimj.200710403). #}
{% macro rate_ratio_z(people, people_before, base_people, base_people_before) -%}
    {%- set ratio = "(cast(" ~ people_before ~ " as " ~ type_double() ~ ") / nullif(" ~ base_people_before ~ ", 0))" -%}
    2 * (sqrt({{ people }} + 0.375) - sqrt({{ ratio }} * ({{ base_people }} + 0.375)))
    / sqrt(1 + {{ ratio }})
{%- endmacro %}
