with rules as (

    select * from {{ ref('finding_rules') }}

),

found as (

    select
        rules.rule,
        rules.topic,
        rules.dimension,
        breaks.dimension_value,
        breaks.funnel,
        breaks.step,
        'week' as period,
        breaks.first_week as period_start,
        cast(breaks.last_week + interval '6' day as date) as period_end,
        breaks.is_ongoing,
        breaks.people,
        breaks.people_before,
        {{ safe_divide('breaks.baseline_people', 'breaks.baseline_people_before') }} as expected,
        {{ average_amount('breaks.baseline_amount', 'breaks.baseline_people') }} as amount_each

    from {{ ref('int_rate_breaks_located') }} as breaks
    inner join rules
        on breaks.metric = rules.metric and breaks.dimension = rules.dimension and rules.comparison in ('drop', 'rise')

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

),

-- monthly findings already covered by weekly ones
repeated as (

    select distinct
        months.rule,
        months.dimension,
        months.dimension_value,
        months.period,
        months.period_start

    from found as months
    inner join found as weeks
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
        month,
        numerator as net_amount,
        denominator as orders

    from {{ ref('int_order_metrics') }}

    where metric = 'average_order_amount' and dimension = 'all'

),

-- if nothing better is known, the amount is an average order of these months
final as (

    select
        found.rule,
        found.dimension,
        found.dimension_value,
        found.funnel,
        found.step,
        found.period_start,
        found.period_end,
        found.is_ongoing,
        found.people,
        found.people_before,
        found.expected,
        coalesce(found.amount_each, {{ average_amount('sum(sales.net_amount)', 'sum(sales.orders)') }}) as amount_each

    from found
    left join repeated
        on
            found.rule = repeated.rule
            and found.dimension = repeated.dimension
            and found.dimension_value = repeated.dimension_value
            and found.period = repeated.period
            and found.period_start = repeated.period_start
    left join sales on found.period_end >= sales.month and cast(date_trunc('month', found.period_start) as date) <= sales.month

    where repeated.rule is null

    group by
        found.rule,
        found.dimension,
        found.dimension_value,
        found.funnel,
        found.step,
        found.period_start,
        found.period_end,
        found.is_ongoing,
        found.people,
        found.people_before,
        found.expected,
        found.amount_each

)

select * from final
