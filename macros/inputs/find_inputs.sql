{# Where the raw tables are and what they look like:
   {place, problems, tables: {orders: {files, parts: [{relation, columns: {order_id: {name, type}}}]}}} #}
{% macro find_inputs() %}
    {%- if var('raw_schema') or target.type != 'duckdb' -%}
        {{ return(find_schema_inputs(var('raw_schema') or 'raw')) }}
    {%- endif -%}
    {{ return(find_file_inputs(var('raw_path') or env_var('SHOP_DATA', '') or 'examples/sample')) }}
{% endmacro %}
