{# Raw columns unchanged, with the prefix raw_: raw_row() shows rejected rows from them. #}
{% macro raw_columns(table) -%}
    {%- for column in contract(table) -%}
        {{ column.name }} as raw_{{ column.name }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
