{# The type in which a view shows a column of some kind. Floating point numbers are shown as text, see input_value(). #}
{% macro input_type(kind) %}
    {{ return({
        'integer': 'bigint', 'decimal': 'numeric', 'boolean': 'boolean', 'date': 'date',
        'timestamp': 'timestamp without time zone', 'zoned_timestamp': 'timestamp without time zone',
    }.get(kind, 'text')) }}
{% endmacro %}
