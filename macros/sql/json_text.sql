{# A text as JSON writes it, in quotation marks. #}
{% macro json_text(text) -%}
    {{ return(adapter.dispatch('json_text')(text)) }}
{%- endmacro %}

{% macro default__json_text(text) -%}
    cast(to_json(cast({{ text }} as {{ dbt.type_string() }})) as {{ dbt.type_string() }})
{%- endmacro %}

{# Spark makes JSON of lists only: the brackets are taken off again. #}
{% macro spark__json_text(text) -%}
    regexp_extract(to_json(array(cast({{ text }} as string))), '(?s)^.(.*).$', 1)
{%- endmacro %}
