{# Incremental strategy "keep": what the first run found may not change, since the rows of all other models hold it. #}
{% macro get_incremental_keep_sql(arguments) %}
    {%- set difference -%}
        select '{{ model.name }}', cast(kept.{{ arguments.unique_key }} as text), cast(fresh.{{ arguments.unique_key }} as text)
        from {{ arguments.target_relation }} as kept
        full outer join {{ arguments.temp_relation }} as fresh on true
        where kept.{{ arguments.unique_key }} is distinct from fresh.{{ arguments.unique_key }}
    {%- endset -%}
    {%- for found in run_query(difference).rows -%}
        {{ exceptions.raise_compiler_error(
            "The " ~ arguments.unique_key ~ " of " ~ found[0] ~ " was " ~ found[1] ~ " and is now " ~ found[2]
            ~ ": build all anew with --full-refresh, or keep it with a var"
        ) }}
    {%- endfor -%}
    select 1
{% endmacro %}
