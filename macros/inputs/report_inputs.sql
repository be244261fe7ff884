{# For the command check: the input of a build, all problems, and per column the filled and readable values. #}
{% macro report_inputs() %}
    {%- set inputs = inspect_files() -%}
    {%- set faulty = [] -%}
    {%- for problem in inputs.problems -%}
        {%- do faulty.append(problem.split(':')[0].split('.')[0]) -%}
    {%- endfor -%}
    {%- do inputs.update({'counts': {}}) -%}
    {%- for table, found in inputs.tables.items() if table not in faulty -%}
        {%- do inputs.problems.extend(unreadable_columns(inputs, table)) -%}
        {%- set query -%}
            select
                count(*) as row_count
                {%- for column in contract(table) %},
                count({{ read_text(column.name) }}) as filled_{{ column.name }},
                count({{ read_column(column.name, column.data_type) }}) as readable_{{ column.name }}
                {%- endfor %}
            from ({{ input_select(table, found.parts) }}) as raw_rows
        {%- endset -%}
        {%- set counted = run_query(query).rows[0] -%}
        {%- set columns = {} -%}
        {%- for column in contract(table) -%}
            {%- do columns.update({column.name: {
                'filled': counted['filled_' ~ column.name] | int, 'readable': counted['readable_' ~ column.name] | int
            }}) -%}
        {%- endfor -%}
        {%- do inputs.counts.update({table: {'rows': counted['row_count'] | int, 'columns': columns}}) -%}
    {%- endfor -%}
    {%- do log(tojson(inputs), info=true) -%}
{% endmacro %}
