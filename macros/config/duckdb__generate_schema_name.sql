{# On DuckDB the file is ours alone, so schemas carry no prefix; elsewhere dbt's own rule keeps the target schema in front. #}
{% macro duckdb__generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
