-- months that follow one another are one finding
with months as (

    select
        breach_months.*,
        extract(year from month) * 12 + extract(month from month)
        - row_number() over (partition by rule, dimension, dimension_value order by month) as run_number

    from {{ ref('int_kpi_breach_months') }} as breach_months

    where is_breach

),

runs as (

    select
        rule,
        metric,
        dimension,
        dimension_value,
        min(month) as first_month,
        max(month) as last_month,
        max(case when is_newest_month then 1 else 0 end) = 1 as is_ongoing,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(expected * denominator) as expected_numerator

    from months

    group by rule, metric, dimension, dimension_value, run_number

),

-- what holds for the whole shop need not be said of each of its parts
of_parts as (

    select distinct
        runs.rule,
        runs.dimension,
        runs.dimension_value,
        runs.first_month

    from runs
    inner join runs as shop
        on runs.rule = shop.rule and runs.first_month <= shop.last_month and runs.last_month >= shop.first_month

    where runs.dimension <> 'all' and shop.dimension = 'all'

),

final as (

    select runs.*
    from runs
    left join of_parts
        on
            runs.rule = of_parts.rule
            and runs.dimension = of_parts.dimension
            and runs.dimension_value = of_parts.dimension_value
            and runs.first_month = of_parts.first_month

    where of_parts.rule is null

)

select * from final
