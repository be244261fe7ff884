{# Table of fitted parameters on warehouses that do not run Python. #}
{% macro fitted_parameters_relation() -%}
    {%- set node = contract_node('orders') -%}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier='fitted_parameters', type='table')) }}
{%- endmacro %}
