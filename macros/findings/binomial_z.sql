{# How many standard errors a count lies from what a base rate lets expect, negative below. A base of all or nobody has
   no spread: half a case is taken from it or given to it. #}
{% macro binomial_z(people, people_before, base_people, base_people_before) -%}
    {%- set base = "cast(" ~ base_people_before ~ " as " ~ type_double() ~ ")" -%}
    {%- set rate = "(" ~ base_people ~ " / nullif(" ~ base ~ ", 0))" -%}
    {%- set spread = "greatest(0.5 / nullif(" ~ base ~ ", 0), least(1 - 0.5 / nullif(" ~ base ~ ", 0), " ~ rate ~ "))" -%}
    ({{ people }} - {{ people_before }} * {{ rate }})
    / sqrt(nullif({{ people_before }}, 0) * {{ spread }} * (1 - {{ spread }}))
{%- endmacro %}
