{# A rate from 0 to 1 as a text in percent with one decimal, such as 38.2%; none where it is 0. #}
{% macro percent_text(rate) -%}
    replace(cast(cast(100 * {{ rate }} as numeric(9, 1)) as {{ dbt.type_string() }}) || '%', '.0%', '%')
{%- endmacro %}
