{# Validation errors of required values, as branches of a case expression, in the order of the contract. typed: the CTE with the
   parsed and the raw columns. A text is never unreadable: it is null only if it is missing or a placeholder. #}
{% macro value_errors(table, typed='typed') -%}
    {%- for column in contract(table) if column.is_required -%}
        {%- set is_missing = "'missing_" ~ column.name ~ "'" -%}
        when {{ typed }}.{{ column.name }} is null then
            {% if column.data_type == 'text' -%} {{ is_missing }}
            {%- else -%} case when {{ typed }}.raw_{{ column.name }} is null then {{ is_missing }} else 'unreadable_{{ column.name }}' end
            {%- endif %}
            {{ "" if loop.last }}
    {%- endfor -%}
{%- endmacro %}
