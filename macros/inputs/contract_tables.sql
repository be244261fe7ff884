{# Names of the contract's tables, in the order of the sources file. #}
{% macro contract_tables() %}
    {{ return(graph.sources.values() | selectattr('source_name', 'equalto', 'shop') | map(attribute='name') | list) }}
{% endmacro %}
