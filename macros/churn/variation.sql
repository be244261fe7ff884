{# The coefficient of variation (standard deviation / mean) of counted numbers from their sum and their sum of squares, 0 where
   there are fewer than two or their mean is 0. The difference is taken exactly, so that equal numbers vary by 0. #}
{% macro variation(counted, total, squares) -%}
    coalesce(
        sqrt(cast(({{ counted }}) * ({{ squares }}) - ({{ total }}) * ({{ total }}) as {{ type_double() }}))
        / nullif(cast(abs({{ total }}) as {{ type_double() }}), 0), 0
    )
{%- endmacro %}
