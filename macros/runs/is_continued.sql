{# Whether this run goes on from an earlier one that finished. Decided by what was there when the run started: the record
   of the finished run is only written at the end. #}
{% macro is_continued() -%}
    {%- if not execute or flags.WHICH not in ['build', 'run'] or flags.FULL_REFRESH or model.resource_type == 'unit_test' -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(incremental_models() and load_cached_relation(run_table('finished_run')) is not none) }}
{%- endmacro %}
