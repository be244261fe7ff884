with kpis as (

    select
        monthly.*,
        period_start as month

    from {{ ref('int_kpi_values') }} as monthly

    where period_kind = 'month' and is_complete and denominator is not null

),

rules as (

    select * from {{ ref('finding_rules') }}

    where comparison in ('above', 'below', 'below_last_year', 'above_past')

),

compared as (

    select
        kpis.*,
        sum(kpis.numerator) over past_year as past_numerator,
        sum(kpis.denominator) over past_year as past_denominator,
        count(*) over past_year as past_months

    from kpis

    window past_year as (
        partition by kpis.metric, kpis.dimension, kpis.dimension_value
        order by kpis.month rows between 12 preceding and 1 preceding
    )

),

evaluated as (

    select
        rules.rule,
        rules.topic,
        compared.*,
        case
            when rules.comparison in ('above', 'below') then rules.threshold
            when rules.comparison = 'below_last_year' then {{ safe_divide('compared.year_ago_numerator', 'compared.year_ago_denominator') }}
            else {{ safe_divide('compared.past_numerator', 'compared.past_denominator') }}
        end as expected,
        compared.month = max(compared.month) over (partition by compared.metric) as is_newest_month,
        case
            when rules.comparison = 'above'
                then
                    compared.numerator > rules.threshold * compared.denominator
                    and {{ binomial_z('compared.numerator', 'compared.denominator', 'rules.threshold') }} >= rules.minimum_z
            when rules.comparison = 'below'
                then
                    compared.numerator < rules.threshold * compared.denominator
                    and {{ binomial_z('compared.numerator', 'compared.denominator', 'rules.threshold') }} <= -rules.minimum_z
            when rules.comparison = 'below_last_year'
                then
                    compared.year_ago_denominator >= rules.minimum_people
                    and compared.numerator * compared.year_ago_denominator
                    <= (1 - rules.threshold) * compared.year_ago_numerator * compared.denominator
                    and {{ two_sample_z(
                        'compared.numerator', 'compared.denominator', 'compared.year_ago_numerator', 'compared.year_ago_denominator'
                    ) }} <= -rules.minimum_z
            when rules.comparison = 'above_past'
                then
                    compared.past_months >= rules.minimum_baseline
                    and compared.past_numerator > 0
                    and compared.numerator >= rules.minimum_cases
                    and compared.numerator * compared.past_denominator
                    >= (1 + rules.threshold) * compared.past_numerator * compared.denominator
                    and {{ rate_ratio_z(
                        'compared.numerator', 'compared.denominator', 'compared.past_numerator', 'compared.past_denominator'
                    ) }} >= rules.minimum_z
        end as is_breach

    from compared
    inner join rules
        on
            compared.metric = rules.metric
            and compared.dimension = rules.dimension
            and compared.dimension_value = coalesce(rules.dimension_value, compared.dimension_value)
            and compared.denominator >= rules.minimum_people

),

-- breaches of consecutive months are one finding
numbered as (

    select
        evaluated.*,
        extract(year from month) * 12 + extract(month from month)
        - row_number() over (partition by rule, dimension, dimension_value order by month) as run_number

    from evaluated

    where is_breach

),

runs as (

    select
        rule,
        topic,
        dimension,
        dimension_value,
        min(month) as first_month,
        cast(max(month) + interval '1' month - interval '1' day as date) as last_day,
        max(case when is_newest_month then 1 else 0 end) = 1 as is_ongoing,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(expected * denominator) as expected_numerator

    from numbered

    group by rule, topic, dimension, dimension_value, run_number

),

-- a finding of the whole shop is not repeated for its parts
parts as (

    select distinct
        runs.rule,
        runs.dimension,
        runs.dimension_value,
        runs.first_month

    from runs
    inner join runs as shop
        on runs.rule = shop.rule and runs.first_month <= shop.last_day and runs.last_day >= shop.first_month

    where runs.dimension <> 'all' and shop.dimension = 'all'

),

final as (

    select runs.*
    from runs
    left join parts
        on
            runs.rule = parts.rule
            and runs.dimension = parts.dimension
            and runs.dimension_value = parts.dimension_value
            and runs.first_month = parts.first_month

    where parts.rule is null

)

select * from final
