{# Text compared byte by byte, so that tie-breaks do not depend on the locale of the database. #}
{% macro binary_collation(column) -%}
    {{ return(adapter.dispatch('binary_collation')(column)) }}
{%- endmacro %}

{% macro default__binary_collation(column) -%}
    {{ column }}
{%- endmacro %}

{% macro postgres__binary_collation(column) -%}
    {{ column }} collate "C"
{%- endmacro %}
