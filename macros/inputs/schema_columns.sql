{# Columns of all tables of a schema, or of one table, by table name (lower case, trimmed):
   {orders: [{table, name, clean_name, type}]}. #}
{% macro schema_columns(database, schema, table=none) %}
    {%- set columns = {} -%}
    {%- for row in adapter.dispatch('schema_column_rows')(database, schema, table) if table is none or row[0] | trim | lower == table | lower -%}
        {%- do columns.setdefault(row[0] | trim | lower, []).append({
            'table': row[0], 'name': row[1], 'clean_name': row[1] | trim | lower, 'type': row[2] | lower
        }) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}

{% macro default__schema_column_rows(database, schema, table) %}
    {{ return(run_query(adapter.dispatch('schema_columns_sql')(database, schema)).rows) }}
{% endmacro %}

{# Spark has no information schema, so each table is described. #}
{% macro spark__schema_column_rows(database, schema, table) %}
    {%- set rows = [] -%}
    {%- if adapter.check_schema_exists(database, schema) -%}
        {%- for found in run_query('show tables in ' ~ adapter.quote(schema)).rows if table is none or found['tableName'] | lower == table | lower -%}
            {%- set relation = api.Relation.create(schema=schema, identifier=found['tableName']) -%}
            {%- for column in adapter.get_columns_in_relation(relation) -%}
                {%- do rows.append([found['tableName'], column.name, column.dtype]) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rows) }}
{% endmacro %}

{% macro default__schema_columns_sql(database, schema) -%}
    select table_name, column_name, data_type
    from {{ 'system.' if target.type == 'duckdb' }}information_schema.columns
    where table_catalog = {{ dbt.string_literal(dbt.escape_single_quotes(database | string)) }}
        and table_schema = {{ dbt.string_literal(dbt.escape_single_quotes(schema)) }}
    order by table_name, ordinal_position
{%- endmacro %}

{# The information schema of Postgres omits materialized views. #}
{% macro postgres__schema_columns_sql(database, schema) -%}
    select
        pg_class.relname,
        pg_attribute.attname,
        format_type(pg_attribute.atttypid, null)
    from pg_catalog.pg_attribute
    inner join pg_catalog.pg_class on pg_attribute.attrelid = pg_class.oid
    inner join pg_catalog.pg_namespace on pg_class.relnamespace = pg_namespace.oid
    where
        pg_namespace.nspname = {{ dbt.string_literal(dbt.escape_single_quotes(schema)) }}
        and pg_class.relkind in ('r', 'v', 'm', 'f', 'p')
        and pg_attribute.attnum > 0
        and not pg_attribute.attisdropped
    order by pg_class.relname, pg_attribute.attnum
{%- endmacro %}
