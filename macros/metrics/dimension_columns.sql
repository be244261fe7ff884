{# For dimension_groups: the dimension of a row (all for the overall row) and its value. #}
{% macro dimension_columns(dimensions) -%}
    case
        {% for dimension in dimensions -%}
        when grouping({{ dimension }}) = 0 then '{{ dimension }}'
        {% endfor -%}
        else 'all'
    end as dimension,
    coalesce({{ dimensions | join(', ') }}, 'all') as dimension_value
{%- endmacro %}
