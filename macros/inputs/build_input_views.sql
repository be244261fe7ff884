{# Runs before dbt build and dbt run; all other commands use the views as they stand. #}
{% macro build_input_views() %}
    {%- if execute and flags.WHICH in ['build', 'run'] -%}
        {%- set inputs = find_inputs() -%}
        {%- set problems = inputs.problems or unreadable_inputs(inputs) -%}
        {%- if problems -%}
            {{ exceptions.raise_compiler_error(problems[0]) }}
        {%- endif -%}
        {%- do check_run(inputs.place) -%}
        {%- do create_input_views(inputs) -%}
        {%- do create_fitted_parameters() -%}
        {%- do start_run() -%}
    {%- endif -%}
{% endmacro %}
