{# What find_input() says, for a table or view of a database. raw_columns: what schema_columns() found of it. #}
{% macro find_relation(table, raw_columns, database, schema, place) -%}
    {%- set inputs = {'place': place, 'problems': [], 'tables': {}} -%}
    {%- set header = raw_columns.values() | first if raw_columns else none -%}
    {%- if header -%}
        {%- set relation = api.Relation.create(database=database, schema=schema, identifier=header[0].table) -%}
        {%- set columns = {} -%}
        {%- for column in contract(table) -%}
            {%- set matches = header | selectattr('clean_name', 'equalto', column.name) | list -%}
            {%- if matches | length > 1 -%}
                {%- do inputs.problems.append(table ~ '.' ~ column.name ~ ': ' ~ relation ~ ' has ' ~ matches | length
                    ~ ' columns of this name (case and surrounding whitespace do not count): keep one') -%}
            {%- elif matches -%}
                {%- do columns.update({column.name: {'name': matches[0].name, 'type': matches[0].type}}) -%}
            {%- elif column.is_required -%}
                {%- do inputs.problems.append(table ~ '.' ~ column.name ~ ': required column missing in ' ~ relation
                    ~ ' (found: ' ~ header | map(attribute='name') | join(', ') ~ '): add it, or rename the column that holds it') -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do inputs.tables.update({table: {'files': [], 'parts': [{'relation': relation | string, 'columns': columns}]}}) -%}
    {%- elif contract_node(table).config.meta.get('required', false) -%}
        {%- set present = schema_columns(database, schema) | list if schema else [] -%}
        {%- do inputs.problems.append(table ~ ': no such table or view in ' ~ place ~ ' (found: '
            ~ (present | join(', ') or 'nothing') ~ '): load it there, or point raw_schema at another schema') -%}
    {%- endif -%}
    {{ return(inputs) }}
{%- endmacro %}
