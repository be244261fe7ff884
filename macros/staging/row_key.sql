{# Key columns joined by a vertical bar, each as parsed, or as raw text if unreadable.
   If no key column is required (events), a row without a key is identified by a hash of its content. #}
{% macro row_key(table) -%}
    {%- set columns = contract(table) -%}
    {%- set parts = [] -%}
    {%- for column in columns if column.is_key -%}
        {%- set value = read_column(column.name, column.data_type) -%}
        {%- do parts.append(value if column.data_type == 'text' else
            "cast(" ~ value ~ " as " ~ dbt.type_string() ~ "), " ~ read_text(column.name)) -%}
    {%- endfor -%}
    {%- if parts | length == 1 -%}
        coalesce({{ parts[0] }}, {{ "''" if columns | selectattr('is_key') | selectattr('is_required') | list else content_hash(table) }})
    {%- elif parts -%}
        concat_ws('|', coalesce({{ parts | join(", ''), coalesce(") }}, ''))
    {%- else -%}
        ''
    {%- endif -%}
{%- endmacro %}
