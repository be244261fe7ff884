{# The folder is looked at in Python (customer_analytics/inputs.py), before DuckDB opens a file: Jinja cannot catch a database error. #}
{% macro find_file_inputs(folder) %}
    {%- set found = run_query("select inspect_inputs('" ~ folder | replace("'", "''") ~ "')") -%}
    {{ return(fromjson(found.columns[0].values()[0])) }}
{% endmacro %}
