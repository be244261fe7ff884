{# Pearson's correlation; null where one of the two does not vary: warehouses' own corr() is NaN there, null or an error. #}
{% macro correlation(one, other) -%}
    covar_pop(cast({{ one }} as {{ type_double() }}), cast({{ other }} as {{ type_double() }}))
    / nullif(stddev_pop(cast({{ one }} as {{ type_double() }})) * stddev_pop(cast({{ other }} as {{ type_double() }})), 0)
{%- endmacro %}
