{# For the command check: what a build would read, every problem, and per column how many values there are and can be read. #}
{% macro report_inputs() %}
    {%- set inputs = inspect_files() -%}
    {%- set faulty = [] -%}
    {%- for problem in inputs.problems -%}
        {%- do faulty.append(problem.split(':')[0].split('.')[0]) -%}
    {%- endfor -%}
    {%- do inputs.update({'counts': {}}) -%}
    {%- for table, found in inputs.tables.items() if table not in faulty -%}
        {%- do inputs.problems.extend(unreadable_columns(inputs, table)) -%}
        {%- do inputs.counts.update({table: count_readable_values(table, found.parts)}) -%}
    {%- endfor -%}
    {%- do log(tojson(inputs), info=true) -%}
{% endmacro %}
