{# {rows, columns: {order_id: {filled, readable}}} of one input table; reads all of it. #}
{% macro count_readable_values(table, parts) %}
    {%- set query -%}
        select
            count(*) as row_count
            {%- for column in contract(table) %},
            count({{ read_text(column.name) }}) as filled_{{ column.name }},
            count({{ read_column(column.name, column.data_type) }}) as readable_{{ column.name }}
            {%- endfor %}
        from ({{ input_select(table, parts) }}) as raw_rows
    {%- endset -%}
    {%- set counted = run_query(query).rows[0] -%}
    {%- set columns = {} -%}
    {%- for column in contract(table) -%}
        {%- do columns.update({column.name: {
            'filled': counted['filled_' ~ column.name] | int, 'readable': counted['readable_' ~ column.name] | int
        }}) -%}
    {%- endfor -%}
    {{ return({'rows': counted['row_count'] | int, 'columns': columns}) }}
{% endmacro %}
