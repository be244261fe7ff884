{# The contract's columns of one input table, matched by name, missing ones as typed nulls; no rows without parts. #}
{% macro input_select(table, parts) %}
    {%- set types = {} -%}
    {%- for column in contract(table) -%}
        {%- set found = [] -%}
        {%- for part in parts if column.name in part.columns -%}
            {%- do found.append(input_type(input_kind(part.columns[column.name].type))) -%}
        {%- endfor -%}
        {%- set distinct = found | unique | list -%}
        {#- if files have different types for a column, it becomes text -#}
        {%- do types.update({column.name: 'text' if distinct | length > 1 else (distinct or [input_type(column.data_type)])[0]}) -%}
    {%- endfor -%}
    {%- for part in parts or [{'relation': none, 'columns': {}}] %}
    select
        {%- for column in contract(table) %}
        {%- set raw_column = part.columns.get(column.name) %}
        {%- if not raw_column %}
        cast(null as {{ types[column.name] }}) as {{ column.name }}
        {%- else %}
        {%- set value = input_value(raw_column.name, input_kind(raw_column.type)) %}
        {%- set is_mixed = types[column.name] != input_type(input_kind(raw_column.type)) %}
        {{ 'cast(' ~ value ~ ' as ' ~ types[column.name] ~ ')' if is_mixed else value }} as {{ column.name }}
        {%- endif %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    {{ 'from ' ~ part.relation if part.relation else 'where 1 = 0' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
