{# Prepares what this run remembers. Without a finished run to go on from, rows of incremental models that an unfinished
   one has left go first. #}
{% macro start_run() -%}
    {%- if not incremental_models() -%} {{ return('') }} {%- endif -%}
    {%- set finished = load_cached_relation(run_table('finished_run')) -%}
    {%- if finished and flags.FULL_REFRESH and runs_all_incremental_models() -%}
        {%- do adapter.drop_relation(finished) -%}
        {%- set finished = none -%}
    {%- endif -%}
    {%- call statement() -%}
        create table if not exists {{ run_table('arrivals') }}
        (input text, reads_from timestamp, loaded_until timestamp, rows_before bigint, is_finished boolean);
        create table if not exists {{ run_table('redone_keys') }} (model text, key_name text, redone_key text);
        create table if not exists {{ run_table('keys_to_read') }} (input text, row_key text);
        delete from {{ run_table('arrivals') }} where not is_finished
    {%- endcall -%}
    {%- if finished is none -%}
        {%- call statement() -%}
            delete from {{ run_table('arrivals') }};
            delete from {{ run_table('redone_keys') }};
            delete from {{ run_table('keys_to_read') }}
        {%- endcall -%}
        {%- for node in incremental_models() if node.unique_id in selected_resources and node_relation(node) -%}
            {%- do adapter.drop_relation(node_relation(node)) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for table in contract_tables() if ('base_shop__' ~ table) in incremental_models() | map(attribute='name') -%}
        {%- do record_arrivals(table) -%}
    {%- endfor -%}
    {%- do adapter.commit() -%}
{%- endmacro %}
