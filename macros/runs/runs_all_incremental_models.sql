{# Whether the command was asked for all incremental models, not for a selection without some of them. #}
{% macro runs_all_incremental_models() -%}
    {%- for node in incremental_models() if node.unique_id not in selected_resources -%}
        {{ return(false) }}
    {%- endfor -%}
    {{ return(true) }}
{%- endmacro %}
