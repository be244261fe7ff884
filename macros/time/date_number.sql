{# A day as the number yyyymmdd. #}
{% macro date_number(column) -%}
    (extract(year from {{ column }}) * 10000 + extract(month from {{ column }}) * 100 + extract(day from {{ column }}))
{%- endmacro %}
