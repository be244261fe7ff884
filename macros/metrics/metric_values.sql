{# Selects one row per row of a relation and metric of seed metrics whose numerator is one of those given. #}
{% macro metric_values(relation, numerators, denominators=[]) -%}
    select
        metrics.metric,
        {{ relation }}.month,
        {{ relation }}.dimension,
        {{ relation }}.dimension_value,
        {{ measure_named('metrics.numerator', relation, numerators) }} as numerator,
        case
            when metrics.denominator is not null
                then coalesce({{ measure_named('metrics.denominator', relation, denominators) }}, 0)
        end as denominator

    from {{ relation }}
    inner join {{ ref('metrics') }} as metrics on metrics.numerator in ('{{ numerators | join("', '") }}')
{%- endmacro %}

{% macro measure_named(name, relation, measures) -%}
    {%- if measures -%}
    case {{ name }}
        {% for measure in measures -%}
        when '{{ measure }}' then cast({{ relation }}.{{ measure }} as numeric(24, 2))
        {% endfor -%}
    end
    {%- else -%}
    null
    {%- endif -%}
{%- endmacro %}
