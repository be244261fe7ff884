{% macro create_input_view(view, sql, has_other_columns) %}
    {{ return(adapter.dispatch('create_input_view')(view, sql, has_other_columns)) }}
{% endmacro %}

{% macro default__create_input_view(view, sql, has_other_columns) %}
    {%- call statement() -%}
        create or replace view {{ view }} as {{ sql }}
    {%- endcall -%}
{% endmacro %}

{# Postgres replaces a view only if names and types of its columns stay; else it goes, with the views that read it, and
   dbt builds those anew. drop_relation() also tells dbt's cache about it. #}
{% macro postgres__create_input_view(view, sql, has_other_columns) %}
    {%- if has_other_columns -%}
        {%- do adapter.drop_relation(view) -%}
    {%- endif -%}
    {{ return(default__create_input_view(view, sql, has_other_columns)) }}
{% endmacro %}
