{# Whether a run of weeks below its baseline is more than chance, by the bounds of its rule, which stands in table rates. #}
{% macro is_drop(people, people_before, base_people, base_people_before) -%}
    {{ people_before }} >= rates.minimum_people
    and {{ two_sample_z(people, people_before, base_people, base_people_before) }} <= -rates.minimum_z
{%- endmacro %}
