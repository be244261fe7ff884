{# The key of a rejected row as it may be shown: an identifier is personal. #}
{% macro shown_row_key(table) -%}
    {%- if table == 'identity_links' -%} concat_ws('|', coalesce(identifier_type, ''), '***', coalesce(cast(linked_at as {{ dbt.type_string() }}), ''))
    {%- else -%} row_key
    {%- endif -%}
{%- endmacro %}
