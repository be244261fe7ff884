with kpi_values as (

    select
        kpis.*,
        metrics.unit,
        metrics.is_higher_better,
        case
            when kpis.denominator is null then cast(kpis.numerator as numeric(24, 6))
            when kpis.numerator < 0 then -({{ divide_half_up('-kpis.numerator', 'kpis.denominator', 6) }})
            else {{ divide_half_up('kpis.numerator', 'kpis.denominator', 6) }}
        end as value

    from {{ ref('int_kpi_values') }} as kpis
    inner join {{ ref('metrics') }} as metrics on kpis.metric = metrics.metric

),

compared as (

    select
        kpi_values.*,
        previous.value as previous_value,
        year_ago.value as year_ago_value

    from kpi_values
    left join kpi_values as previous
        on
            kpi_values.metric = previous.metric
            and kpi_values.dimension = previous.dimension
            and kpi_values.dimension_value = previous.dimension_value
            and kpi_values.period_kind = previous.period_kind
            and kpi_values.period_start = cast(previous.period_start + interval '1' month as date)
    left join kpi_values as year_ago
        on
            kpi_values.metric = year_ago.metric
            and kpi_values.dimension = year_ago.dimension
            and kpi_values.dimension_value = year_ago.dimension_value
            and kpi_values.period_kind = year_ago.period_kind
            and kpi_values.period_start = cast(year_ago.period_start + interval '12' month as date)

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
        -- an incomplete month is not compared with a complete one
        case
            when compared.is_complete and compared.value >= 0 and compared.previous_value > 0
                then {{ safe_divide('compared.value', 'compared.previous_value') }} - 1
        end as change,
        case
            when compared.is_complete and compared.value >= 0 and compared.year_ago_value > 0
                then {{ safe_divide('compared.value', 'compared.year_ago_value') }} - 1
        end as yoy_change

    from compared
    left join pools on compared.dimension = pools.dimension and compared.dimension_value = 'other'
    left join {{ ref('labels') }} as metric_labels
        on metric_labels.code_type = 'metric' and compared.metric = metric_labels.code
    left join {{ ref('labels') }} as dimension_labels
        on dimension_labels.code_type = 'dimension' and compared.dimension = dimension_labels.code
    left join {{ ref('labels') }} as value_labels
        on
            case when pools.dimension is null then compared.dimension else 'pool' end = value_labels.code_type
            and compared.dimension_value = value_labels.code

)

select * from final
