{# A table of schema input in which a run remembers something for the next one: finished_run, arrivals, keys_to_read or redone_keys. #}
{% macro run_table(name) -%}
    {%- set input = contract_node(contract_tables()[0]) -%}
    {{ return(api.Relation.create(database=input.database, schema=input.schema, identifier=name, type='table')) }}
{%- endmacro %}
