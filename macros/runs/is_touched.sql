{# A condition: the row belongs to a key that this run does over again, as listed in the column of the same name of a model
   of touched keys. True for all rows where the run starts from nothing. #}
{% macro is_touched(column, touched_model) -%}
    {%- set keys = depends_on(touched_model) -%}
    {{ column ~ ' in (select ' ~ column.split('.')[-1] ~ ' from ' ~ keys ~ ')' if is_continued() else 'true' }}
{%- endmacro %}
