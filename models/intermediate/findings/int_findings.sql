with rules as (

    select * from {{ ref('finding_rules') }}

),

findings as (

    select
        rules.rule,
        rules.topic,
        rules.dimension,
        anomalies.dimension_value,
        anomalies.funnel,
        anomalies.step,
        'week' as period,
        anomalies.first_week as period_start,
        cast(anomalies.last_week + interval '6' day as date) as period_end,
        anomalies.is_ongoing,
        anomalies.people,
        anomalies.people_before,
        {{ safe_divide('anomalies.baseline_people', 'anomalies.baseline_people_before') }} as expected,
        {{ average_amount('anomalies.baseline_amount', 'anomalies.baseline_people') }} as amount_each

    from {{ ref('int_rate_anomalies_located') }} as anomalies
    inner join rules
        on anomalies.metric = rules.metric and anomalies.dimension = rules.dimension and rules.comparison in ('drop', 'rise')

    union all

    select
        rules.rule,
        rules.topic,
        rules.dimension,
        sources.source as dimension_value,
        'none' as funnel,
        'none' as step,
        'week' as period,
        sources.first_week as period_start,
        sources.last_day as period_end,
        sources.is_ongoing,
        sources.ordering_sessions as people,
        sources.sessions as people_before,
        {{ safe_divide('sources.shop_ordering_sessions', 'sources.shop_sessions') }} as expected,
        cast(null as numeric(18, 2)) as amount_each

    from {{ ref('int_sources_without_buyers') }} as sources
    inner join rules on rules.comparison = 'below_shop'

    union all

    select
        rule,
        topic,
        dimension,
        dimension_value,
        'none' as funnel,
        'none' as step,
        'month' as period,
        first_month as period_start,
        last_day as period_end,
        is_ongoing,
        numerator as people,
        denominator as people_before,
        {{ safe_divide('expected_numerator', 'denominator') }} as expected,
        cast(null as numeric(18, 2)) as amount_each

    from {{ ref('int_kpi_breaches') }}

    union all

    select
        rule,
        topic,
        dimension,
        dimension_value,
        'none' as funnel,
        'none' as step,
        'quarter' as period,
        first_day as period_start,
        last_day as period_end,
        is_ongoing,
        net_amount as people,
        quarter_amount as people_before,
        threshold as expected,
        net_amount as amount_each

    from {{ ref('int_dominant_amounts') }}

),

-- monthly findings already covered by weekly ones
covered_months as (

    select distinct
        months.rule,
        months.dimension,
        months.dimension_value,
        months.period,
        months.period_start

    from findings as months
    inner join findings as weeks
        on
            months.topic = weeks.topic
            and months.dimension = weeks.dimension
            and months.dimension_value = weeks.dimension_value
            and months.period_start <= weeks.period_end
            and months.period_end >= weeks.period_start

    where months.period = 'month' and weeks.period = 'week'

),

sales as (

    select
        period_start as month,
        numerator as net_amount,
        denominator as orders

    from {{ ref('int_period_metrics') }}

    where metric = 'average_order_amount' and dimension = 'all' and period_kind = 'month' and comparison = 'current'

),

-- if nothing better is known, the amount is an average order of these months
final as (

    select
        findings.rule,
        findings.dimension,
        findings.dimension_value,
        findings.funnel,
        findings.step,
        findings.period_start,
        findings.period_end,
        findings.is_ongoing,
        findings.people,
        findings.people_before,
        findings.expected,
        coalesce(findings.amount_each, {{ average_amount('sum(sales.net_amount)', 'sum(sales.orders)') }}) as amount_each

    from findings
    left join covered_months
        on
            findings.rule = covered_months.rule
            and findings.dimension = covered_months.dimension
            and findings.dimension_value = covered_months.dimension_value
            and findings.period = covered_months.period
            and findings.period_start = covered_months.period_start
    left join sales on findings.period_end >= sales.month and cast(date_trunc('month', findings.period_start) as date) <= sales.month

    where covered_months.rule is null

    group by
        findings.rule,
        findings.dimension,
        findings.dimension_value,
        findings.funnel,
        findings.step,
        findings.period_start,
        findings.period_end,
        findings.is_ongoing,
        findings.people,
        findings.people_before,
        findings.expected,
        findings.amount_each

)

select * from final
