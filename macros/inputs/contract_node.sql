{# Graph node of the input model of a contract table; its columns are the contract. #}
{% macro contract_node(table) -%}
    {{ return(graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | selectattr('name', 'equalto', 'input_shop__' ~ table) | first) }}
{%- endmacro %}
