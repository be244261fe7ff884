{# The table in which fitted parameters stand on warehouses that run no Python. #}
{% macro fitted_parameters_relation() -%}
    {{ return(run_table('fitted_parameters')) }}
{%- endmacro %}
