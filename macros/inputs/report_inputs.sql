{# For the command check: what a build would read, every problem, and per column how many values there are and can be read. #}
{% macro report_inputs() %}
    {%- set inputs = find_inputs() -%}
    {%- set sound = {'place': inputs.place, 'tables': {}} -%}
    {%- set faulty = [] -%}
    {%- for problem in inputs.problems -%}
        {%- do faulty.append(problem.split(':')[0].split('.')[0]) -%}
    {%- endfor -%}
    {%- for table, found in inputs.tables.items() if table not in faulty -%}
        {%- do sound.tables.update({table: found}) -%}
    {%- endfor -%}
    {%- do inputs.update({'problems': inputs.problems + unreadable_inputs(sound), 'counts': {}}) -%}
    {%- for table, found in sound.tables.items() -%}
        {%- do inputs.counts.update({table: count_readable_values(table, found.parts)}) -%}
    {%- endfor -%}
    {%- do log(tojson(inputs), info=true) -%}
{% endmacro %}
