with compared as (

    select
        kpis.*,
        metrics.unit,
        metrics.is_higher_better,
        -- a running period is compared with the same days of the other one, if its values are final at once
        kpis.is_complete or (kpis.period_end > as_of.as_of_date and metrics.maturity_days = 0) as is_comparable,
        {% for prefix in ['', 'previous_', 'year_ago_'] -%}
        {%- set numerator = 'kpis.%snumerator' % prefix -%}
        {%- set denominator = 'kpis.%sdenominator' % prefix -%}
        case
            when kpis.denominator is null then cast({{ numerator }} as numeric(24, 6))
            when {{ numerator }} < 0 then -({{ divide_half_up('-' ~ numerator, denominator, 6) }})
            else {{ divide_half_up(numerator, denominator, 6) }}
        end as {{ prefix }}value
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_kpi_values') }} as kpis
    inner join {{ ref('metrics') }} as metrics on kpis.metric = metrics.metric
    cross join {{ ref('int_as_of') }} as as_of

),

pools as (

    select distinct
        dimension,
        pooled_values

    from {{ ref('int_pooled_values') }}

),

final as (

    select
        compared.metric,
        metric_labels.label_en as metric_en,
        metric_labels.label_zh as metric_zh,
        compared.unit,
        compared.is_higher_better,
        compared.period_kind,
        kind_labels.label_en as period_kind_en,
        kind_labels.label_zh as period_kind_zh,
        compared.period_start,
        compared.period_end,
        compared.is_complete,
        compared.dimension,
        dimension_labels.label_en as dimension_en,
        dimension_labels.label_zh as dimension_zh,
        compared.dimension_value,
        cast(pools.pooled_values as integer) as pooled_values,
        coalesce(value_labels.label_en, compared.dimension_value) as dimension_value_en,
        coalesce(value_labels.label_zh, compared.dimension_value) as dimension_value_zh,
        cast(compared.value as numeric(24, 6)) as value,
        cast(compared.numerator as numeric(24, 2)) as numerator,
        cast(compared.denominator as numeric(24, 2)) as denominator,
        cast(compared.previous_value as numeric(24, 6)) as previous_value,
        cast(compared.year_ago_value as numeric(24, 6)) as year_ago_value,
        case
            when compared.is_comparable and compared.value >= 0 and compared.previous_value > 0
                then {{ safe_divide('compared.value', 'compared.previous_value') }} - 1
        end as change,
        case
            when compared.is_comparable and compared.value >= 0 and compared.year_ago_value > 0
                then {{ safe_divide('compared.value', 'compared.year_ago_value') }} - 1
        end as yoy_change

    from compared
    left join pools on compared.dimension = pools.dimension and compared.dimension_value = 'other'
    left join {{ ref('labels') }} as metric_labels
        on metric_labels.code_type = 'metric' and compared.metric = metric_labels.code
    left join {{ ref('labels') }} as kind_labels
        on kind_labels.code_type = 'period_kind' and compared.period_kind = kind_labels.code
    left join {{ ref('labels') }} as dimension_labels
        on dimension_labels.code_type = 'dimension' and compared.dimension = dimension_labels.code
    left join {{ ref('labels') }} as value_labels
        on
            case when pools.dimension is null then compared.dimension else 'pool' end = value_labels.code_type
            and compared.dimension_value = value_labels.code

)

select * from final
