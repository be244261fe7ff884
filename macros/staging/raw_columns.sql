{# The columns of a raw row as they stand, each with raw_ before its name: what a rejected row shows is read from them. #}
{% macro raw_columns(table) -%}
    {%- for column in contract(table) -%}
        {{ column.name }} as raw_{{ column.name }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
