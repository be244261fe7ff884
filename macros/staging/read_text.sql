{# Contract column as text; the input views already removed whitespace. #}
{% macro read_text(column) -%}
    cast({{ column }} as {{ dbt.type_string() }})
{%- endmacro %}
