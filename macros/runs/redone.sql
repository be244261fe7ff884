{# A subquery with the keys (column redone_key) whose rows a model has taken out or put in since the last finished run. #}
{% macro redone(model_name, key_name) -%}
    {%- do depends_on(model_name) -%}
    {%- if execute and model.resource_type != 'unit_test' and incremental_models() -%}
    (select redone_key from {{ run_table('redone_keys') }} where model = '{{ model_name }}' and key_name = '{{ key_name }}')
    {%- else -%}
    (select cast(null as {{ dbt.type_string() }}) as redone_key where 1 = 0)
    {%- endif -%}
{%- endmacro %}
