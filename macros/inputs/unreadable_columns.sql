{# One line where a required table has no row, and one for each required column of which not one value can be read.
   Stops looking at the first readable value, so good data costs next to nothing. #}
{% macro unreadable_columns(inputs, table) -%}
    {%- set problems = [] -%}
    {%- if table in inputs.tables -%}
        {%- set rows = '(' ~ input_select(table, inputs.tables[table].parts) ~ ') as raw_rows' -%}
        {%- set required = contract(table) | selectattr('is_required') | list -%}
        {%- set checks = run_query(readable_values_sql(rows, required)).rows[0] -%}
        {%- if checks['has_rows'] is none and contract_node(table).config.meta.get('required', false) -%}
            {%- do problems.append(table ~ ': ' ~ input_origin(inputs, table) ~ ' has no rows: load it again') -%}
        {%- endif -%}
        {%- for column in required if checks['has_rows'] is not none and checks[column.name] is none -%}
            {%- do problems.append(unreadable_column(inputs, table, column, rows)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(problems) }}
{%- endmacro %}
