{# The table of a model by its name, for macros that run after dbt has worked out what depends on what. #}
{% macro model_relation(name) -%}
    {{ return(node_relation(graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | selectattr('name', 'equalto', name) | first)) }}
{%- endmacro %}
