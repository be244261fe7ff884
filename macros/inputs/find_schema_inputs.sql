{# The same for tables or views of a schema, which may be written as database.schema. #}
{% macro find_schema_inputs(schema_name) %}
    {%- set database = schema_name.split('.')[0] if '.' in schema_name else (target.database or none) -%}
    {%- set schema = schema_name.split('.')[-1] -%}
    {%- set raw_columns = schema_columns(database, schema) -%}
    {%- set inputs = {'place': 'schema ' ~ schema_name, 'problems': [], 'tables': {}} -%}

    {%- for table in contract_tables() -%}
        {%- set header = raw_columns.get(table) -%}
        {%- if header -%}
            {%- set relation = api.Relation.create(database=database, schema=schema, identifier=header[0].table) -%}
            {%- set columns = {} -%}
            {%- for column in contract(table) -%}
                {%- set matches = header | selectattr('clean_name', 'equalto', column.name) | list -%}
                {%- if matches | length > 1 -%}
                    {%- do inputs.problems.append(table ~ '.' ~ column.name ~ ': ' ~ relation ~ ' has ' ~ matches | length
                        ~ ' columns of this name (blanks around it and capitals do not count): keep one') -%}
                {%- elif matches -%}
                    {%- do columns.update({column.name: {'name': matches[0].name, 'type': matches[0].type}}) -%}
                {%- elif column.is_required -%}
                    {%- do inputs.problems.append(table ~ '.' ~ column.name ~ ': required column missing in ' ~ relation
                        ~ ' (found: ' ~ header | map(attribute='name') | join(', ') ~ '): add it, or rename the column that holds it') -%}
                {%- endif -%}
            {%- endfor -%}
            {%- do inputs.tables.update({table: {'files': [], 'parts': [{'relation': relation | string, 'columns': columns}]}}) -%}
        {%- elif table_is_required(table) -%}
            {%- do inputs.problems.append(table ~ ': no such table or view in ' ~ inputs.place ~ ' (found: '
                ~ (raw_columns | join(', ') or 'nothing') ~ '): load it there, or point raw_schema at another schema') -%}
        {%- endif -%}
    {%- endfor -%}

    {{ return(inputs) }}
{% endmacro %}
