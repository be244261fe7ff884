{# One row per contract table: where the input views read it from, so that a result can be traced to its files. #}
{% macro record_input_place(schema, inputs) %}
    {%- set place = schema.incorporate(path={'identifier': 'input_place'}) -%}
    {%- set values -%}
        {%- for table in contract_tables() %}
        {%- set files = inputs.tables[table].files | join(', ') if table in inputs.tables else '' %}
        (
            '{{ table }}',
            '{{ inputs.place | replace("'", "''") }}',
            {{ table in inputs.tables }},
            {{ "'" ~ files | replace("'", "''") ~ "'" if files else 'null' }}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    {%- endset -%}
    {%- call statement() -%}
        create table if not exists {{ place }} (
            table_name {{ dbt.type_string() }}, place {{ dbt.type_string() }}, is_present boolean, files {{ dbt.type_string() }}
        )
    {%- endcall -%}
    {%- do adapter.dispatch('replace_rows')(place, values) -%}
{% endmacro %}

{% macro default__replace_rows(place, values) %}
    {%- call statement() -%}
        delete from {{ place }}
    {%- endcall -%}
    {%- call statement() -%}
        insert into {{ place }} values {{ values }}
    {%- endcall -%}
{% endmacro %}

{# Rows of plain Parquet cannot be deleted. #}
{% macro spark__replace_rows(place, values) %}
    {%- call statement() -%}
        insert overwrite {{ place }} values {{ values }}
    {%- endcall -%}
{% endmacro %}
