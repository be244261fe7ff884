{# The key columns joined by a vertical bar, each as it was read, or as it stands where it cannot be read.
   Where no key column is required (events), a row without a key is told apart by its content. #}
{% macro row_key(table) -%}
    {%- set parts = [] -%}
    {%- set columns = contract(table) -%}
    {%- for column in columns if column.is_key -%}
        {%- do parts.append("coalesce(cast(" ~ read_column(column.name, column.data_type) ~ " as " ~ dbt.type_string() ~ "), "
            ~ read_text(column.name) ~ ", '')") -%}
    {%- endfor -%}
    {%- if columns | selectattr('is_key') | selectattr('is_required') | list -%}
        concat_ws('|', {{ parts | join(', ') }})
    {%- else -%}
        coalesce(nullif(concat_ws('|', {{ parts | join(', ') if parts else "''" }}), ''), {{ content_hash(table) }})
    {%- endif -%}
{%- endmacro %}
