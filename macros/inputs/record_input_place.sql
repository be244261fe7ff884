{# One row per contract table: where the input views read it from, so that a result can be traced to its files. #}
{% macro record_input_place(schema, inputs) %}
    {%- set place = schema.incorporate(path={'identifier': 'input_place'}) -%}
    {%- call statement() -%}
        create table if not exists {{ place }} (table_name text, place text, is_present boolean, files text)
    {%- endcall -%}
    {%- call statement() -%}
        delete from {{ place }}
    {%- endcall -%}
    {%- call statement() -%}
        insert into {{ place }} (table_name, place, is_present, files)
        values
        {%- for table in contract_tables() %}
        {%- set files = inputs.tables[table].files | join(', ') if table in inputs.tables else '' %}
        (
            '{{ table }}',
            '{{ inputs.place | replace("'", "''") }}',
            {{ table in inputs.tables }},
            {{ "'" ~ files | replace("'", "''") ~ "'" if files else 'null' }}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    {%- endcall -%}
{% endmacro %}
