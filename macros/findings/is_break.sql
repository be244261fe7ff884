{# Whether a run of weeks is more than chance, by the bounds of its rule, which stands in table rates. #}
{% macro is_break(people, people_before, base_people, base_people_before) -%}
    {{ people_before }} >= rates.minimum_people
    and {{ people }} >= rates.minimum_cases
    and rates.direction * ({{ binomial_z(people, people_before, base_people, base_people_before) }}) >= rates.minimum_z
{%- endmacro %}
