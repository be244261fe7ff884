with kpis as (

    select * from {{ ref('int_kpi_values') }}

    where is_complete and denominator is not null

),

compared as (

    select
        kpis.*,
        year_ago.numerator as year_ago_numerator,
        year_ago.denominator as year_ago_denominator,
        sum(kpis.numerator) over past_year as past_numerator,
        sum(kpis.denominator) over past_year as past_denominator,
        count(*) over past_year as past_months

    from kpis
    left join kpis as year_ago
        on
            kpis.metric = year_ago.metric
            and kpis.dimension = year_ago.dimension
            and kpis.dimension_value = year_ago.dimension_value
            and kpis.month = cast(year_ago.month + interval '12' month as date)

    window past_year as (
        partition by kpis.metric, kpis.dimension, kpis.dimension_value
        order by kpis.month rows between 12 preceding and 1 preceding
    )

),

ruled as (

    select
        rules.rule,
        rules.threshold,
        compared.*,
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
                    compared.past_months >= 3
                    and compared.past_numerator > 0
                    and compared.numerator >= rules.minimum_cases
                    and compared.numerator * compared.past_denominator
                    >= (1 + rules.threshold) * compared.past_numerator * compared.denominator
                    and {{ rate_ratio_z(
                        'compared.numerator', 'compared.denominator', 'compared.past_numerator', 'compared.past_denominator'
                    ) }} >= rules.minimum_z
        end as is_breach,
        case
            when rules.comparison in ('above', 'below') then rules.threshold
            when rules.comparison = 'below_last_year' then {{ share('compared.year_ago_numerator', 'compared.year_ago_denominator') }}
            else {{ share('compared.past_numerator', 'compared.past_denominator') }}
        end as expected

    from compared
    inner join {{ ref('finding_rules') }} as rules
        on
            compared.metric = rules.metric
            and compared.dimension = rules.dimension
            and compared.dimension_value = coalesce(rules.dimension_value, compared.dimension_value)
            and compared.denominator >= rules.minimum_people

    where rules.comparison in ('above', 'below', 'below_last_year', 'above_past')

),

final as (

    select
        rule,
        metric,
        dimension,
        dimension_value,
        month,
        numerator,
        denominator,
        expected,
        month = max(month) over (partition by metric) as is_newest_month,
        is_breach

    from ruled

)

select * from final
