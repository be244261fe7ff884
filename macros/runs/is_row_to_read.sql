{# A condition on raw rows: find_rows_to_read has written their key down. True for all rows where the run starts from nothing
   or must read all. #}
{% macro is_row_to_read(table) -%}
    {%- set moment = reads_from(table) if is_continued() -%}
    {%- if moment -%}
    {{ is_loaded_from(moment) }}
        and {{ row_key(table) }} in (select row_key from {{ run_table('keys_to_read') }} where input = '{{ table }}')
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}
