{# Median gap shrunk towards a more general gap, with weight n / (n + 3) for n gaps. #}
{% macro shrunk_gap(own_gap, gaps, general_gap) -%}
    cast(
        {{ divide_half_up(gaps ~ " * " ~ own_gap ~ " + 3 * " ~ general_gap, gaps ~ " + 3", 6) }} as numeric(18, 6)
    )
{%- endmacro %}
