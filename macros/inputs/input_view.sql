{# Query of an input model: exactly the contract's columns of one table. dbt docs generate does not read the raw table, so it
   works without raw data. #}
{% macro input_view(table) -%}
    {{ config(alias=table) }}
    {%- set handed_over = (var('inputs') or {})[table] -%}
    {%- set relation = ref(project_name, handed_over) if handed_over else none -%}
    {%- if execute -%}
        {%- if flags.WHICH == 'generate' -%} {{ return(input_select(table, [])) }} {%- endif -%}
        {%- set inputs = find_input(table, relation) -%}
        {%- for problem in inputs.problems or unreadable_columns(inputs, table) -%}
            {{ exceptions.raise_compiler_error(problem) }}
        {%- endfor -%}
        {{ input_select(table, inputs.tables[table].parts if table in inputs.tables else []) }}
    {%- endif -%}
{%- endmacro %}
