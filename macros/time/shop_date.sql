{% macro shop_date(column) -%}
    cast({{ to_shop_time(column) }} as date)
{%- endmacro %}
