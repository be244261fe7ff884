{# Columns of an input table as listed in its input model: name, data_type, is_required, is_personal, is_key, is_id. #}
{% macro contract(table) -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- set node = contract_node(table) -%}
        {%- for column in node.columns.values() -%}
            {%- set meta = column.get('config', {}).get('meta') or column.get('meta', {}) -%}
            {%- do columns.append({
                'name': column.name,
                'data_type': column.data_type,
                'is_required': meta.get('required', false),
                'is_personal': meta.get('personal', false),
                'is_key': column.name in node.config.meta.key,
                'is_id': column.name.endswith('_id') or column.name in ['identifier', 'email'],
            }) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}
