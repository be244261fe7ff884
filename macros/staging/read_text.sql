{# Exports pad values with blanks, tabs (so that Excel keeps long numbers), no-break and ideographic spaces. #}
{% macro read_text(column) -%}
    nullif(trim(both '{{ " \t\r\n\u00a0\u3000" }}' from cast({{ column }} as {{ dbt.type_string() }})), '')
{%- endmacro %}
