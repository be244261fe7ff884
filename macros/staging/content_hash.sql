{# A fingerprint of everything a raw row says but the time it was loaded. row_prefix: where its columns are found. #}
{% macro content_hash(table, row_prefix='') -%}
    {%- set parts = [] -%}
    {%- for column in contract(table) if column.name != 'loaded_at' -%}
        {%- do parts.append("coalesce(" ~ read_text(row_prefix ~ column.name) ~ ", '')") -%}
    {%- endfor -%}
    md5(concat_ws(chr(31), {{ parts | join(', ') if parts else "''" }}))
{%- endmacro %}
