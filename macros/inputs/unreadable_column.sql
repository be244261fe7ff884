{# The line about a required column without a readable value, with some of what stands there instead. #}
{% macro unreadable_column(inputs, table, column, rows) %}
    {%- set text = read_text(column.name) -%}
    {%- set samples = run_query('select distinct ' ~ text ~ ' from ' ~ rows ~ ' where ' ~ text ~ ' is not null limit 3') -%}
    {%- set found = samples.columns[0].values() | join(', ') | truncate(100) | replace('\n', ' ') if samples.rows else 'only empty values' -%}
    {%- set advice = {
        'decimal': 'write plain numbers such as 1234.50', 'integer': 'write whole numbers such as 12',
        'timestamp': 'write times such as 2024-06-30 12:34:56', 'date': 'write days such as 2024-06-30',
        'boolean': 'write true or false', 'text': 'fill it in',
    }[column.data_type] -%}
    {{ return(table ~ '.' ~ column.name ~ ': not one value of this required column in ' ~ input_origin(inputs, table)
        ~ ' can be read as ' ~ column.data_type ~ ' (found: ' ~ ('***' if column.is_personal else found) ~ '): ' ~ advice) }}
{% endmacro %}
