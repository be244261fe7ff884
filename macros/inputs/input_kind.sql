{# Kind of a database type: text, integer, decimal, float, boolean, date, timestamp or zoned_timestamp. #}
{% macro input_kind(raw_type) %}
    {%- set name = raw_type | lower -%}
    {%- if name.startswith('timestamp') -%}
        {{ return('zoned_timestamp' if 'with time zone' in name else 'timestamp') }}
    {%- elif name.startswith(('numeric', 'decimal')) and not name.endswith(']') -%}
        {{ return('decimal') }}
    {%- endif -%}
    {{ return({
        'real': 'float', 'float': 'float', 'double': 'float', 'double precision': 'float',
        'tinyint': 'integer', 'smallint': 'integer', 'int': 'integer', 'integer': 'integer', 'bigint': 'integer',
        'utinyint': 'integer', 'usmallint': 'integer', 'uinteger': 'integer',
        'boolean': 'boolean', 'date': 'date',
    }.get(name, 'text')) }}
{% endmacro %}
