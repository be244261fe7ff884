{# A fingerprint of everything a raw row says but the time it was loaded. prefix: what stands before each column's name. #}
{% macro content_hash(table, prefix='') -%}
    {%- set parts = [] -%}
    {%- for column in contract(table) if column.name != 'loaded_at' -%}
        {%- do parts.append("coalesce(" ~ read_text(prefix ~ column.name) ~ ", '')") -%}
    {%- endfor -%}
    md5(concat_ws(chr(31), {{ parts | join(', ') if parts else "''" }}))
{%- endmacro %}
