{# The source of one contract table as dbt knows it. #}
{% macro contract_node(table) %}
    {{ return(graph.sources.values() | selectattr('source_name', 'equalto', 'shop') | selectattr('name', 'equalto', table) | first) }}
{% endmacro %}
