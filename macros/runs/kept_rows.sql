{# The rows of a model as the last finished run has left them, for a model before it; none where the run starts from nothing. #}
{% macro kept_rows(model_name, columns) -%}
    {%- if is_continued() -%} {{ model_relation(model_name) }}
    {%- else -%}
    (
        select
            {%- for name, data_type in columns.items() %}
            cast(null as {{ data_type }}) as {{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        where 1 = 0
    )
    {%- endif -%}
{%- endmacro %}
