{# The table of a node of the graph, none if it is not there. #}
{% macro node_relation(node) -%}
    {{ return(load_cached_relation(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias))) }}
{%- endmacro %}
