{# One row: 1 or null for 'there is a row', then for each column whether any of its values can be read. #}
{% macro readable_values_sql(rows, columns) %}
    select
        (select 1 from {{ rows }} limit 1) as has_rows
        {%- for column in columns %},
        (select 1 from {{ rows }} where {{ read_column(column.name, column.data_type) }} is not null limit 1) as {{ column.name }}
        {%- endfor %}
{% endmacro %}
