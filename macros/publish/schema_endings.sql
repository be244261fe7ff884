{# What follows the target schema in the names of all schemas that a build fills, such as _marts. #}
{% macro schema_endings() %}
    {%- set endings = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type in ('model', 'seed') -%}
        {%- do endings.append(node.schema[target.schema | length:]) -%}
    {%- endfor -%}
    {%- do endings.append(contract_node('orders').schema[target.schema | length:]) -%}
    {{ return(endings | unique | sort) }}
{% endmacro %}
