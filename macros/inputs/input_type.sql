{# The type in which a view shows a column of some kind. Floating point numbers are shown as text, see input_value(). #}
{% macro input_type(kind) %}
    {{ return(adapter.dispatch('input_type')(kind)) }}
{% endmacro %}

{% macro default__input_type(kind) %}
    {{ return({
        'integer': 'bigint', 'decimal': 'numeric', 'boolean': 'boolean', 'date': 'date',
        'timestamp': 'timestamp without time zone', 'zoned_timestamp': 'timestamp without time zone',
    }.get(kind, 'text')) }}
{% endmacro %}

{# Spark's timestamps show the zone of the session, which profiles.yml sets to UTC. #}
{% macro spark__input_type(kind) %}
    {{ return({
        'integer': 'bigint', 'decimal': 'numeric(38, 8)', 'boolean': 'boolean', 'date': 'date',
        'timestamp': 'timestamp', 'zoned_timestamp': 'timestamp',
    }.get(kind, 'string')) }}
{% endmacro %}
