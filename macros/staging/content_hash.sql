{# Hash of the content of a raw row, excluding loaded_at. prefix: prefix of the column names. #}
{% macro content_hash(table, prefix='') -%}
    {%- set parts = [] -%}
    {%- for column in contract(table) if column.name != 'loaded_at' -%}
        {%- do parts.append("coalesce(" ~ read_text(prefix ~ column.name) ~ ", '')") -%}
    {%- endfor -%}
    md5(concat_ws(chr(31), {{ parts | join(', ') if parts else "''" }}))
{%- endmacro %}
