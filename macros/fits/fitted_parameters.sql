{# A query of all fitted parameters: of the models in Python where the warehouse runs them, else of the table that
   python -m customer_analytics fit has written. #}
{% macro fitted_parameters() -%}
    {{ return(adapter.dispatch('fitted_parameters')()) }}
{%- endmacro %}

{% macro default__fitted_parameters() -%}
    {#- the graph is there once all is parsed -#}
    select * from {{ fitted_parameters_relation() if execute }}
{%- endmacro %}

{% macro duckdb__fitted_parameters() -%}
    {% for model in ['bg_nbd', 'gamma_gamma', 'logistic', 'persona'] -%}
    select * from {{ ref('int_' ~ model ~ '_parameters') }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor -%}
{%- endmacro %}
