{# Selects one row per row of a relation and metric of the seed metrics with one of the given numerators. #}
{% macro metric_values(relation, numerators, denominators=[], keys=['period_kind', 'period_start', 'period_end', 'comparison']) -%}
    select
        metrics.metric,
        {% for key in keys -%}
        {{ relation }}.{{ key }},
        {% endfor -%}
        {{ relation }}.dimension,
        {{ relation }}.dimension_value,
        case metrics.numerator
            {%- for measure in numerators %}
            when '{{ measure }}' then cast({{ relation }}.{{ measure }} as numeric(24, 2))
            {%- endfor %}
        end as numerator,
        case
            when metrics.denominator is not null then coalesce(
                case metrics.denominator
                    {%- for measure in denominators %}
                    when '{{ measure }}' then cast({{ relation }}.{{ measure }} as numeric(24, 2))
                    {%- endfor %}
                    when 'none' then cast(null as numeric(24, 2))
                end, 0
            )
        end as denominator

    from {{ relation }}
    inner join {{ ref('metrics') }} as metrics on metrics.numerator in ('{{ numerators | join("', '") }}')
{%- endmacro %}
