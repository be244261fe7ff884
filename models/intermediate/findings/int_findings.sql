with rules as (

    select * from {{ ref('finding_rules') }}

),

detected as (

    select
        rules.rule,
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

    {% for model in ['int_dominant_shares', 'int_volume_declines', 'int_weak_rates'] -%}
    union all

    select
        rule,
        dimension,
        dimension_value,
        'none' as funnel,
        'none' as step,
        period,
        period_start,
        period_end,
        is_ongoing,
        people,
        people_before,
        expected,
        amount_each

    from {{ ref(model) }}

    {% endfor %}
),

findings as (

    select
        detected.*,
        rules.topic,
        rules.valued_by,
        case
            when detected.is_ongoing then 'ongoing'
            when
                detected.period <> 'quarter'
                and {{ dbt.dateadd('day', 'thresholds.recovered_days', 'detected.period_end') }} >= as_of.as_of_date
                then 'recovered'
            else 'ended'
        end as status

    from detected
    inner join rules on detected.rule = rules.rule and detected.dimension = rules.dimension
    cross join {{ ref('report_thresholds') }} as thresholds
    cross join {{ ref('int_as_of') }} as as_of

),

-- monthly findings already covered by weekly ones or by pooled months
covered_months as (

    select distinct
        months.rule,
        months.dimension,
        months.dimension_value,
        months.period,
        months.period_start

    from findings as months
    inner join findings as others
        on
            months.topic = others.topic
            and months.dimension = others.dimension
            and months.dimension_value = others.dimension_value
            and months.period_start <= others.period_end
            and months.period_end >= others.period_start

    where months.period = 'month' and others.period in ('week', 'pool')

),

-- used where a finding does not know the amount per case
average_orders as (

    select
        findings.period_start,
        findings.period_end,
        {{ average_amount('sum(sales.numerator)', 'sum(sales.denominator)') }} as amount

    from findings
    inner join {{ ref('int_period_metrics') }} as sales
        on
            sales.metric = 'average_order_amount' and sales.dimension = 'all'
            and sales.period_kind = 'month' and sales.comparison = 'current'
            and findings.period_end >= sales.period_start
            and cast(date_trunc('month', findings.period_start) as date) <= sales.period_start

    group by findings.period_start, findings.period_end

),

spend as (

    select
        findings.rule,
        findings.dimension_value as source,
        findings.period_start,
        sum(ad_spend.cost_amount) as amount

    from findings
    inner join {{ ref('stg_shop__ad_spend') }} as ad_spend
        on
            findings.valued_by = 'spend'
            and findings.dimension_value = ad_spend.source
            and ad_spend.spend_date between findings.period_start and findings.period_end

    group by findings.rule, findings.dimension_value, findings.period_start

),

final as (

    select
        findings.rule,
        findings.dimension,
        findings.dimension_value,
        findings.funnel,
        findings.step,
        findings.period,
        findings.period_start,
        findings.period_end,
        findings.is_ongoing,
        findings.status,
        findings.people,
        findings.people_before,
        findings.expected,
        case findings.valued_by
            when 'average'
                then
                    abs(findings.people - findings.people_before * findings.expected)
                    * coalesce(findings.amount_each, average_orders.amount)
            when 'spend' then spend.amount
            when 'numerator' then findings.people
        end as affected_amount

    from findings
    left join covered_months
        on
            findings.rule = covered_months.rule
            and findings.dimension = covered_months.dimension
            and findings.dimension_value = covered_months.dimension_value
            and findings.period = covered_months.period
            and findings.period_start = covered_months.period_start
    left join average_orders
        on findings.period_start = average_orders.period_start and findings.period_end = average_orders.period_end
    left join spend
        on
            findings.rule = spend.rule
            and findings.dimension_value = spend.source
            and findings.period_start = spend.period_start

    where covered_months.rule is null

)

select * from final
