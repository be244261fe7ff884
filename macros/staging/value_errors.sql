{# Validation errors of required values, as branches of a case expression, in the order of the contract. typed: the CTE with the
   parsed and the raw columns. #}
{% macro value_errors(table, typed='typed') -%}
    {%- for column in contract(table) if column.is_required -%}
        when {{ typed }}.{{ column.name }} is null then
            case when {{ typed }}.raw_{{ column.name }} is null then 'missing_{{ column.name }}' else 'unreadable_{{ column.name }}' end
            {{ "" if loop.last }}
    {%- endfor -%}
{%- endmacro %}
