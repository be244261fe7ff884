{# The type of each column of an input view: {order_id: text}. Files that disagree about a column meet in text. #}
{% macro input_types(table, parts) %}
    {%- set types = {} -%}
    {%- for column in contract(table) -%}
        {%- set found = [] -%}
        {%- for part in parts if column.name in part.columns -%}
            {%- do found.append(input_type(input_kind(part.columns[column.name].type))) -%}
        {%- endfor -%}
        {%- set distinct = found | unique | list -%}
        {%- if distinct | length > 1 -%}
            {%- do types.update({column.name: 'text'}) -%}
        {%- else -%}
            {%- do types.update({column.name: distinct[0] if distinct else input_type(column.data_type)}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(types) }}
{% endmacro %}
