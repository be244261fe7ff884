{# Where a table comes from, for messages and for the record: a file and how many more, or a table of the raw schema. #}
{% macro input_origin(inputs, table) %}
    {%- set found = inputs.tables[table] -%}
    {%- if not found.files -%}
        {{ return(found.parts[0].relation) }}
    {%- endif -%}
    {%- set others = ' and ' ~ (found.files | length - 1) ~ ' more' if found.files | length > 1 else '' -%}
    {{ return(inputs.place ~ '/' ~ found.files[0] ~ others) }}
{% endmacro %}
