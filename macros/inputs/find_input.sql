{# Finds the raw rows of a table and returns:
   {location, problems, tables: {orders: {files, parts: [{relation, columns: {order_id: {name, type}}}], extra_columns}}}
   handed_over: the model named in the var inputs. If the var is set, tables that it does not name are absent. #}
{% macro find_input(table, handed_over=none) -%}
    {%- set named = (var('raw_tables') or {}).get(table) -%}
    {%- if not (var('inputs') or var('raw_schema') or named) and target.type == 'duckdb' -%} {{ return(inspect_files(table)) }} {%- endif -%}
    {%- set inputs = {'location': 'var inputs', 'problems': [], 'tables': {}} -%}
    {%- if handed_over -%}
        {%- set database, schema, identifier = handed_over.database, handed_over.schema, handed_over.identifier -%}
    {%- elif not var('inputs') -%}
        {%- set place = named if named and '.' in named else (var('raw_schema') or 'raw') ~ '.' ~ (named or table) -%}
        {%- set parts = place.split('.') -%}
        {%- set database, schema, identifier = parts[-3] if parts | length > 2 else (target.database or none), parts[-2], parts[-1] -%}
        {%- do inputs.update({'location': 'schema ' ~ parts[:-1] | join('.')}) -%}
    {%- endif -%}
    {%- set raw_columns = schema_columns(database, schema, identifier) if schema else {} -%}
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
    {%- else -%}
        {%- set present = 'found: ' ~ ((schema_columns(database, schema) if schema else var('inputs')) | join(', ') or 'nothing') -%}
        {%- if handed_over or named -%}
            {%- do inputs.problems.append(table ~ ': ' ~ ('model ' if handed_over else 'table ') ~ schema ~ '.' ~ identifier ~ ' of var '
                ~ ('inputs' if handed_over else 'raw_tables') ~ ' does not exist in the database (' ~ present ~ '): '
                ~ ('build it first, as a table or view' if handed_over else 'load it there, or correct its name')) -%}
        {%- elif contract_node(table).config.meta.get('required', false) -%}
            {%- do inputs.problems.append(table ~ ': required table missing in ' ~ inputs.location ~ ' (' ~ present ~ '): '
                ~ ('add it to var inputs' if var('inputs') else 'load it there, or set raw_schema to another schema')) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(inputs) }}
{%- endmacro %}

{# Python inspects the files (customer_analytics/inputs.py) before DuckDB opens them, because Jinja cannot catch a database
   error. Without a table: all files. #}
{% macro inspect_files(table='') -%}
    {%- if not run_query("select 1 from duckdb_functions() where function_name = 'inspect_inputs'").rows -%}
        {{ exceptions.raise_compiler_error('raw files cannot be read, because the profile of target ' ~ target.name
            ~ ' does not load the plugin customer_analytics.duckdb_plugin: set var inputs to models of your project, or add the plugin'
            ~ ' (docs/operations.md, "As a dbt package")') }}
    {%- endif -%}
    {%- set folder = var('raw_path') or env_var('SHOP_DATA', '') or 'examples/sample' -%}
    {%- set found = run_query("select inspect_inputs('" ~ folder | replace("'", "''") ~ "', '" ~ table ~ "')") -%}
    {{ return(fromjson(found.columns[0].values()[0])) }}
{%- endmacro %}
