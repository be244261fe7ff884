{# Finds the raw rows of a table and returns:
   {location, problems, tables: {orders: {files, parts: [{relation, columns: {order_id: {name, type}}}], extra_columns}}}
   handed_over: the model named in the var inputs. If the var is set, tables that it does not name are absent. #}
{% macro find_input(table, handed_over=none) -%}
    {%- if not var('inputs') and not var('raw_schema') and target.type == 'duckdb' -%} {{ return(inspect_files(table)) }} {%- endif -%}
    {%- set name = var('raw_schema') or 'raw' -%}
    {%- set location = 'var inputs' if var('inputs') else 'schema ' ~ name -%}
    {%- if handed_over -%}
        {%- set database, schema, identifier = handed_over.database, handed_over.schema, handed_over.identifier -%}
    {%- elif not var('inputs') -%}
        {%- set database = name.split('.')[0] if '.' in name else (target.database or none) -%}
        {%- set schema, identifier = name.split('.')[-1], table -%}
    {%- endif -%}
    {%- set raw_columns = schema_columns(database, schema, identifier) if schema else {} -%}
    {%- set inputs = {'location': location, 'problems': [], 'tables': {}} -%}
    {%- set header = raw_columns.values() | first if raw_columns else none -%}
    {%- if header -%}
        {%- set relation = api.Relation.create(database=database, schema=schema, identifier=header[0].table) -%}
        {%- set columns = {} -%}
        {%- for column in contract(table) -%}
            {%- set matches = header | selectattr('clean_name', 'equalto', column.name) | list -%}
            {%- if matches | length > 1 -%}
                {%- do inputs.problems.append(table ~ '.' ~ column.name ~ ': ' ~ relation ~ ' has ' ~ matches | length
                    ~ ' columns of this name (ignoring case and surrounding whitespace): keep one') -%}
            {%- elif matches -%}
                {%- do columns.update({column.name: {'name': matches[0].name, 'type': matches[0].type}}) -%}
            {%- elif column.is_required -%}
                {%- do inputs.problems.append(table ~ '.' ~ column.name ~ ': required column missing in ' ~ relation
                    ~ ' (found: ' ~ header | map(attribute='name') | join(', ') ~ '): add it, or rename the matching column') -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do inputs.tables.update({table: {
            'files': [],
            'parts': [{'relation': relation | string, 'columns': columns}],
            'extra_columns': header | rejectattr('clean_name', 'in', columns) | map(attribute='name') | list,
        }}) -%}
    {%- elif contract_node(table).config.meta.get('required', false) -%}
        {%- set present = schema_columns(database, schema) | list if schema else [] -%}
        {%- do inputs.problems.append(table ~ ': required table missing in ' ~ location ~ ' (found: '
            ~ (present | join(', ') or 'nothing') ~ '): '
            ~ ('add it to var inputs' if var('inputs') else 'load it there, or set raw_schema to another schema')) -%}
    {%- endif -%}
    {{ return(inputs) }}
{%- endmacro %}

{# Python inspects the files (customer_analytics/inputs.py) before DuckDB opens them, because Jinja cannot catch a database
   error. Without a table: all files. #}
{% macro inspect_files(table='') -%}
    {%- set folder = var('raw_path') or env_var('SHOP_DATA', '') or 'examples/sample' -%}
    {%- set found = run_query("select inspect_inputs('" ~ folder | replace("'", "''") ~ "', '" ~ table ~ "')") -%}
    {{ return(fromjson(found.columns[0].values()[0])) }}
{%- endmacro %}
