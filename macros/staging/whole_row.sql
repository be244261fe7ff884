{# A table's row as one value, to be taken apart by raw_row() only where it is needed. #}
{% macro whole_row(table_alias) -%}
    {{ return(adapter.dispatch('whole_row')(table_alias)) }}
{%- endmacro %}

{% macro default__whole_row(table_alias) -%}
    {{ table_alias }}
{%- endmacro %}

{% macro spark__whole_row(table_alias) -%}
    struct({{ table_alias }}.*)
{%- endmacro %}
