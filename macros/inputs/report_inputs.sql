{# For the command check: the input of a build, all problems, and per column the filled and readable values, times without an offset
   and ids in scientific notation. #}
{% macro report_inputs() %}
    {%- set inputs = inspect_files() -%}
    {%- set faulty = [] -%}
    {%- for problem in inputs.problems -%}
        {%- do faulty.append(problem.split(':')[0].split('.')[0]) -%}
    {%- endfor -%}
    {%- do inputs.update({'counts': {}, 'shop_timezone': var('shop_timezone'), 'input_timezone': var('input_timezone')}) -%}
    {%- for table, found in inputs.tables.items() if table not in faulty -%}
        {%- do inputs.problems.extend(unreadable_columns(inputs, table)) -%}
        {%- set query -%}
            select
                count(*) as row_count
                {%- for column in contract(table) %},
                count({{ read_text(column.name) }}) as filled_{{ column.name }},
                count({{ read_column(column.name, column.data_type) }}) as readable_{{ column.name }}
                {%- set is_local = regexp_full_match(read_text(column.name), pattern('day') ~ pattern('time_of_day')) %}
                {%- set is_damaged = regexp_full_match(read_text(column.name), pattern('scientific_id')) %}
                {%- set is_id = column.name.endswith('_id') or column.name == 'identifier' %},
                count(case when {{ is_local if column.data_type == 'timestamp' else 'false' }} then 1 end) as local_{{ column.name }},
                count(case when {{ is_damaged if is_id else 'false' }} then 1 end) as damaged_{{ column.name }}
                {%- endfor %}
            from ({{ input_select(table, found.parts) }}) as raw_rows
        {%- endset -%}
        {%- set counted = run_query(query).rows[0] -%}
        {%- set columns = {} -%}
        {%- for column in contract(table) -%}
            {%- set found_values = {} -%}
            {%- for count in ['filled', 'readable', 'local', 'damaged'] -%}
                {%- do found_values.update({count: counted[count ~ '_' ~ column.name] | int}) -%}
            {%- endfor -%}
            {#- the input view has converted these times -#}
            {%- for part in found.parts if column.name in part.columns and input_kind(part.columns[column.name].type) == 'zoned_timestamp' -%}
                {%- do found_values.update({'local': 0}) -%}
            {%- endfor -%}
            {%- do columns.update({column.name: found_values}) -%}
        {%- endfor -%}
        {%- do inputs.counts.update({table: {'rows': counted['row_count'] | int, 'columns': columns}}) -%}
    {%- endfor -%}
    {%- do log(tojson(inputs), info=true) -%}
{% endmacro %}
