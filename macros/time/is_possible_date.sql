{% macro is_possible_date(column) -%}
    ({{ column }} between cast('{{ var("earliest_date") }}' as date) and cast('{{ latest_date() }}' as date))
{%- endmacro %}
