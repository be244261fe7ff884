{# A median gap drawn towards a more general one, the less the more gaps it rests on: weight n / (n + 3). #}
{% macro shrunk_gap(own_gap, gaps, general_gap) -%}
    cast(
        {{ divide_half_up(gaps ~ " * " ~ own_gap ~ " + 3 * " ~ general_gap, gaps ~ " + 3", 6) }} as numeric(18, 6)
    )
{%- endmacro %}
