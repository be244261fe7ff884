{# A rate from 0 to 1 as a text in percent with one decimal, such as 38.2%. #}
{% macro percent_text(rate) -%}
    cast(cast(100 * {{ rate }} as numeric(9, 1)) as {{ dbt.type_string() }}) || '%'
{%- endmacro %}
