{% macro percent_text(rate) -%}
    replace(cast(cast(100 * {{ rate }} as numeric(9, 1)) as {{ dbt.type_string() }}) || '%', '.0%', '%')
{%- endmacro %}
