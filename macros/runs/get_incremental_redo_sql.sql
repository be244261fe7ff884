{# Incremental strategy "redo": of the keys that a run looked at, those whose rows differ are taken out and put in again, and
   written down for the models that follow. Which keys it looked at stands in the model's config under meta.redo:
   touched: the model that lists them, in a column named as the unique_key
   input: an input table, of whose raw rows it read some (find_rows_to_read)
   neither: all keys, the model was worked out in full
   logs: {name: expression} of the keys to write down, of rows as they were and as they are. #}
{% macro get_incremental_redo_sql(arguments) %}
    {%- set kept, fresh, key = arguments.target_relation, arguments.temp_relation, arguments.unique_key -%}
    {%- set redo = config.get('meta').redo -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {%- set differing = kept.identifier ~ '__differing' -%}
    {%- set is_looked_at -%}
        {%- if redo.touched is defined -%} {{ key }} in (select {{ key }} from {{ model_relation(redo.touched) }})
        {%- elif redo.input is defined and reads_from(redo.input) -%} {{ key }} in (select {{ key }} from {{ fresh }})
        {%- else -%} true
        {%- endif -%}
    {%- endset -%}
    {%- set is_redone = key ~ ' in (select ' ~ key ~ ' from ' ~ differing ~ ')' %}
    create temporary table {{ differing }} as
    select {{ columns }}
    from (
        select {{ columns }}, 1 as copies from {{ kept }} where {{ is_looked_at }}
        union all
        select {{ columns }}, -1 as copies from {{ fresh }}
    ) as both_ways
    group by {{ columns }}
    having sum(copies) <> 0;
    {%- for name, expression in redo.get('logs', {}).items() %}
    insert into {{ run_table('redone_keys') }} (model, key_name, redone_key)
    select distinct '{{ model.name }}', '{{ name }}', cast({{ expression }} as {{ dbt.type_string() }})
    from {{ differing }}
    where {{ expression }} is not null;
    {%- endfor %}
    delete from {{ kept }} where {{ is_redone }};
    insert into {{ kept }} ({{ columns }}) select {{ columns }} from {{ fresh }} where {{ is_redone }};
    drop table {{ differing }};
{% endmacro %}
