{# Beside dimension_groups: which dimension a row is of, all for the whole, and the value of it. #}
{% macro dimension_columns(dimensions) -%}
    case
        {% for dimension in dimensions -%}
        when grouping({{ dimension }}) = 0 then '{{ dimension }}'
        {% endfor -%}
        else 'all'
    end as dimension,
    coalesce({{ dimensions | join(', ') }}, 'all') as dimension_value
{%- endmacro %}
