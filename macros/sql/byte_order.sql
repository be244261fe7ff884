{# Text compared byte by byte, so that a tie-break does not depend on the locale of the database. #}
{% macro byte_order(column) -%}
    {{ return(adapter.dispatch('byte_order')(column)) }}
{%- endmacro %}

{% macro default__byte_order(column) -%}
    {{ column }}
{%- endmacro %}

{% macro postgres__byte_order(column) -%}
    {{ column }} collate "C"
{%- endmacro %}
