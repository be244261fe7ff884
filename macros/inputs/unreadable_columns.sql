{# Problems: one if a required table has no rows, and one for each required column without a readable value, with samples of its
   values. Stops at the first readable value, so valid data costs almost nothing.
   With --empty, tables without rows are expected. #}
{% macro unreadable_columns(inputs, table) -%}
    {%- set problems = [] -%}
    {%- if table in inputs.tables and not flags.EMPTY -%}
        {%- set found = inputs.tables[table] -%}
        {%- set origin = inputs.location ~ '/' ~ found.files[0] if found.files else found.parts[0].relation -%}
        {%- set origin = origin ~ (' and ' ~ (found.files | length - 1) ~ ' more' if found.files | length > 1 else '') -%}
        {%- set rows = '(' ~ input_select(table, found.parts) ~ ') as raw_rows' -%}
        {%- set required = contract(table) | selectattr('is_required') | list -%}
        {#- one row: 1 or null for whether there are rows, then per column for whether any value is readable -#}
        {%- set looks = ['(select 1 from ' ~ rows ~ ' limit 1) as has_rows'] -%}
        {%- for column in required -%}
            {%- do looks.append('(select 1 from ' ~ rows ~ ' where ' ~ read_column(column.name, column.data_type)
                ~ ' is not null limit 1) as ' ~ column.name) -%}
        {%- endfor -%}
        {%- set checks = run_query('select ' ~ looks | join(', ')).rows[0] -%}
        {%- if checks['has_rows'] is none and contract_node(table).config.meta.get('required', false) -%}
            {%- do problems.append(table ~ ': no rows in ' ~ origin ~ ': load it again') -%}
        {%- endif -%}
        {%- for column in required if checks['has_rows'] is not none and checks[column.name] is none -%}
            {%- set text = read_text(column.name) -%}
            {%- set samples = run_query('select distinct ' ~ mask_personal(text) ~ ' from ' ~ rows ~ ' where ' ~ text ~ ' is not null limit 3') -%}
            {%- set shown = samples.columns[0].values() | join(', ') | truncate(100) | replace('\n', ' ') if samples.rows else 'only empty values' -%}
            {%- set advice = {
                'decimal': 'use plain numbers such as 1234.50', 'integer': 'use whole numbers such as 12',
                'timestamp': 'use times such as 2024-06-30 12:34:56', 'date': 'use dates such as 2024-06-30',
                'boolean': 'use true or false', 'text': 'fill it in',
            }[column.data_type] -%}
            {%- do problems.append(table ~ '.' ~ column.name ~ ': no value of this required column in ' ~ origin
                ~ ' can be read as ' ~ column.data_type ~ ' (found: ' ~ ('***' if column.is_personal else shown) ~ '): ' ~ advice) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(problems) }}
{%- endmacro %}
