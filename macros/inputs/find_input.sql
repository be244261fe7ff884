{# Where the raw rows of a table are and what they look like:
   {place, problems, tables: {orders: {files, parts: [{relation, columns: {order_id: {name, type}}}]}}}
   relation: a model handed over as the input (var inputs); with that var set, tables it does not name are absent. #}
{% macro find_input(table, relation=none) -%}
    {%- if var('inputs') -%}
        {%- set place = 'var inputs' -%}
        {%- set raw_columns = schema_columns(relation.database, relation.schema, relation.identifier) if relation else {} -%}
        {{ return(find_relation(table, raw_columns, relation.database, relation.schema, place)) }}
    {%- elif var('raw_schema') or target.type != 'duckdb' -%}
        {%- set name = var('raw_schema') or 'raw' -%}
        {%- set database = name.split('.')[0] if '.' in name else (target.database or none) -%}
        {%- set schema = name.split('.')[-1] -%}
        {{ return(find_relation(table, schema_columns(database, schema, table), database, schema, 'schema ' ~ name)) }}
    {%- endif -%}
    {{ return(inspect_files(table)) }}
{%- endmacro %}

{# Python looks at the files (customer_analytics/inputs.py) before DuckDB opens one: Jinja cannot catch a database error.
   Without a table: all of them. #}
{% macro inspect_files(table='') -%}
    {%- set folder = var('raw_path') or env_var('SHOP_DATA', '') or 'examples/sample' -%}
    {%- set found = run_query("select inspect_inputs('" ~ folder | replace("'", "''") ~ "', '" ~ table ~ "')") -%}
    {{ return(fromjson(found.columns[0].values()[0])) }}
{%- endmacro %}
