{# Pearson's correlation; null where one of the two does not vary: there DuckDB's corr() is NaN, which is no decimal. #}
{% macro correlation(one, other) -%}
    covar_pop(cast({{ one }} as {{ type_double() }}), cast({{ other }} as {{ type_double() }}))
    / nullif(stddev_pop(cast({{ one }} as {{ type_double() }})) * stddev_pop(cast({{ other }} as {{ type_double() }})), 0)
{%- endmacro %}
