{# On DuckDB the file has no other users, so schemas need no prefix. Elsewhere dbt's default prefixes the target schema. #}
{% macro duckdb__generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
