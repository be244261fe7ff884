{# A value of Jinja as SQL text, none as a typed null. #}
{% macro text_or_null(value) -%}
    cast({{ "null" if value is none else "'" ~ value ~ "'" }} as {{ dbt.type_string() }})
{%- endmacro %}
