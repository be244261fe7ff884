{# Stops a run that would mix rows of different settings, or of different as-of days. #}
{% macro check_run(place) -%}
    {%- set finished = load_cached_relation(run_table('finished_run')) if incremental_models() else none -%}
    {%- if finished is none or (flags.FULL_REFRESH and runs_all_incremental_models()) -%} {{ return('') }} {%- endif -%}
    {%- set before = run_query('select settings, as_of_date from ' ~ finished).rows[0] -%}
    {%- set old, new = fromjson(before['settings']), settings(place) -%}
    {%- set changed = [] -%}
    {%- for name in (old.keys() | list + new.keys() | list) | unique if old.get(name) != new.get(name) -%}
        {%- do changed.append(name) -%}
    {%- endfor -%}
    {%- for node in incremental_models() if node_relation(node) is none -%}
        {%- do changed.append('table of ' ~ node.name ~ ' is missing') -%}
    {%- endfor -%}
    {%- if flags.FULL_REFRESH and incremental_models() | map(attribute='unique_id') | select('in', selected_resources) | list -%}
        {{ exceptions.raise_compiler_error(
            "--full-refresh of a selection would leave its models with other keys than those it leaves out: leave out --select"
        ) }}
    {%- endif -%}
    {%- if changed -%}
        {{ exceptions.raise_compiler_error(
            "The tables in " ~ finished.database ~ " were built with other settings (changed: " ~ changed[:5] | join(', ')
            ~ (' and ' ~ (changed | length - 5) ~ ' more' if changed | length > 5 else '')
            ~ "): build them anew with --full-refresh (python -m customer_analytics build does so by itself)"
        ) }}
    {%- endif -%}
    {%- for node in incremental_models() if node.unique_id in selected_resources -%}
        {%- for view in limiting_views(node) if view.unique_id not in selected_resources -%}
            {{ exceptions.raise_compiler_error(
                "The view " ~ view.name ~ " says which rows of " ~ node.name ~ " a run does over again: select it as well, such as with +" ~ node.name
            ) }}
        {%- endfor -%}
    {%- endfor -%}
    {%- if not runs_all_incremental_models() and var('as_of_date') and var('as_of_date') != before['as_of_date'] | string -%}
        {{ exceptions.raise_compiler_error(
            "The tables in " ~ finished.database ~ " are as of " ~ before['as_of_date'] ~ ", a selection cannot be as of "
            ~ var('as_of_date') ~ ": leave out --select, or build into another database"
        ) }}
    {%- endif -%}
{%- endmacro %}
