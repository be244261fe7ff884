{# All views and the record of their place in one transaction: another session sees the old ones or the new ones. #}
{% macro create_input_views(inputs) %}
    {%- set first = contract_node(contract_tables()[0]) -%}
    {%- set schema = api.Relation.create(database=first.database, schema=first.schema) -%}
    {%- do adapter.create_schema(schema) -%}
    {%- set existing = schema_columns(first.database, first.schema) -%}
    {%- for table in contract_tables() -%}
        {%- set parts = inputs.tables[table].parts if table in inputs.tables else [] -%}
        {%- set view = schema.incorporate(path={'identifier': table}, type='view') -%}
        {%- set types = input_types(table, parts) -%}
        {%- set before = [] -%}
        {%- for column in existing.get(table, []) -%}
            {%- do before.append([column.name, column.type]) -%}
        {%- endfor -%}
        {%- set keeps_columns = before == types.items() | map('list') | list -%}
        {%- do create_input_view(view, input_select(table, parts), table in existing and not keeps_columns) -%}
    {%- endfor -%}
    {%- do record_input_place(schema, inputs) -%}
    {%- do adapter.commit() -%}
{% endmacro %}
