{# The contract's columns of one input table, matched by name, missing ones as typed nulls; no rows without parts. Ids lose the marks
   of spreadsheets here, once for everything that reads them. #}
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
    select
        {%- for column in contract(table) %}
        {%- set value = read_text(column.name, is_id=true) ~ ' as ' if column.is_id and types[column.name] != input_type('integer') %}
        {{ value }}{{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
    {%- for part in parts or [{'relation': none, 'columns': {}}] %}
    select
        {%- for column in contract(table) %}
        {%- set raw_column = part.columns.get(column.name) %}
        {%- if not raw_column %}
        cast(null as {{ types[column.name] }}) as {{ column.name }}
        {%- else %}
        {%- set kind = input_kind(raw_column.type) %}
        {%- set value = input_value(raw_column.name, kind) %}
        {#- a date column is a day as written, so only times are converted #}
        {%- set value = to_utc(value, is_raw=true) if kind == 'timestamp' and column.data_type == 'timestamp' else value %}
        {%- if types[column.name] != input_type(kind) %}
        {%- set value = 'cast(' ~ value ~ ' as ' ~ types[column.name] ~ ')' %}
        {#- as text, a time in UTC says so #}
        {%- set value = value ~ " || 'Z'" if input_type(kind) == input_type('timestamp') and column.data_type == 'timestamp' else value %}
        {%- endif %}
        {{ value }} as {{ column.name }}
        {%- endif %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    {{ 'from ' ~ part.relation if part.relation else 'where 1 = 0' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    ) as trimmed
{% endmacro %}
