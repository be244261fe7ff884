{# A condition: the model has no row with this key yet. #}
{% macro is_new_key(column) -%}
    {{ 'not exists (select 1 from ' ~ this ~ ' as kept where kept.' ~ column.split('.')[-1] ~ ' = ' ~ column ~ ')' if is_continued() else 'true' }}
{%- endmacro %}
