{% macro table_is_required(table) %}
    {{ return(contract_node(table).config.meta.get('required', false)) }}
{% endmacro %}
