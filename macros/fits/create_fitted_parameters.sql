{# Models read the table of fitted parameters, so it must exist before a run of this project's models, even if empty. #}
{% macro create_fitted_parameters() -%}
    {%- if execute and flags.WHICH in ['build', 'run'] and '.customer_analytics.' in selected_resources | join(' ') -%} {{ adapter.dispatch('create_fitted_parameters')() }} {%- endif -%}
{%- endmacro %}

{% macro default__create_fitted_parameters() -%}
    {%- do adapter.create_schema(fitted_parameters_relation()) -%}
    {%- call statement() -%}
        create table if not exists {{ fitted_parameters_relation() }} (
            model {{ dbt.type_string() }},
            trained_through date,
            parameter {{ dbt.type_string() }},
            value {{ type_double() }},
            customers bigint,
            log_likelihood {{ type_double() }},
            is_identified boolean
        )
    {%- endcall -%}
    {%- do adapter.commit() -%}
{%- endmacro %}

{# DuckDB fits the models in the build. #}
{% macro duckdb__create_fitted_parameters() -%}
{%- endmacro %}
