{# Why a row is rejected for its required values: the first that is missing or unreadable, in the order of the contract. #}
{% macro value_fault(table) -%}
    case
        {%- for column in contract(table) if column.is_required %}
        when {{ read_column(column.name, column.data_type) }} is null
            then case when {{ read_text(column.name) }} is null then 'missing_{{ column.name }}' else 'unreadable_{{ column.name }}' end
        {%- endfor %}
    end
{%- endmacro %}
