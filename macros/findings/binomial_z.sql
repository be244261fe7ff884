{% macro binomial_z(people, people_before, rate) -%}
    (cast({{ people }} as {{ type_double() }}) - {{ people_before }} * {{ rate }})
    / nullif(sqrt({{ people_before }} * {{ rate }} * (1 - {{ rate }})), 0)
{%- endmacro %}
