{# Column type of an input view for a kind of column. Floating point numbers become text, see input_value(). #}
{% macro input_type(kind) %}
    {{ return(adapter.dispatch('input_type')(kind)) }}
{% endmacro %}

{% macro default__input_type(kind) %}
    {{ return({
        'integer': 'bigint', 'decimal': 'numeric', 'boolean': 'boolean', 'date': 'date',
        'timestamp': 'timestamp without time zone', 'zoned_timestamp': 'timestamp without time zone',
    }.get(kind, 'text')) }}
{% endmacro %}

{# Spark shows timestamps in the session time zone, which profiles.yml sets to UTC. #}
{% macro spark__input_type(kind) %}
    {{ return({
        'integer': 'bigint', 'decimal': 'numeric(38, 8)', 'boolean': 'boolean', 'date': 'date',
        'timestamp': 'timestamp', 'zoned_timestamp': 'timestamp',
    }.get(kind, 'string')) }}
{% endmacro %}
