{# A contract column as text; the input views have taken blanks off. #}
{% macro read_text(column) -%}
    cast({{ column }} as {{ dbt.type_string() }})
{%- endmacro %}
