{# Runs at the end of dbt build and dbt run: only if all incremental models came through, the next run may go on from here. #}
{% macro finish_run(results) -%}
    {%- if not execute or flags.WHICH not in ['build', 'run'] or not incremental_models() -%} {{ return('') }} {%- endif -%}
    {%- set done = results | selectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list -%}
    {%- for node in incremental_models() if node.unique_id not in done -%} {{ return('') }} {%- endfor -%}
    {%- set place = run_query('select place from ' ~ run_table('input_place') ~ ' limit 1').rows[0][0] -%}
    {%- call statement() -%}
        drop table if exists {{ run_table('finished_run') }};
        create table {{ run_table('finished_run') }} as
        select
            '{{ tojson(settings(place), sort_keys=true) | replace("'", "''") }}' as settings,
            as_of_date,
            as_of_end_at
        from {{ model_relation('int_as_of') }};
        delete from {{ run_table('arrivals') }} where is_finished;
        update {{ run_table('arrivals') }} set is_finished = true;
        delete from {{ run_table('redone_keys') }};
        {%- for name in ['int_person_keys', 'int_persons'] %}
        -- erased customers had their keys until now, so that their rows could be found and taken out
        delete from {{ model_relation(name) }} where person_id in (select customer_id from {{ model_relation('base_shop__erased_ids') }});
        {%- endfor %}
    {%- endcall -%}
    {%- do adapter.commit() -%}
{%- endmacro %}
