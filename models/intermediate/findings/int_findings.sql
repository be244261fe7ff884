with rules as (

    select * from {{ ref('finding_rules') }}

),

breaches as (

    select * from {{ ref('int_kpi_breaches') }}

),

of_weeks as (

    select
        rules.rule,
        rules.topic,
        rules.dimension,
        breaks.dimension_value,
        breaks.funnel,
        breaks.step,
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
        sources.first_week as period_start,
        sources.last_day as period_end,
        sources.is_ongoing,
        sources.ordering_sessions as people,
        sources.sessions as people_before,
        {{ safe_divide('sources.shop_ordering_sessions', 'sources.shop_sessions') }} as expected,
        cast(null as numeric(18, 2)) as amount_each

    from {{ ref('int_sources_without_buyers') }} as sources
    inner join rules on rules.comparison = 'below_shop'

),

-- breaches of which the weeks have told already
told_by_weeks as (

    select distinct
        breaches.rule,
        breaches.dimension,
        breaches.dimension_value,
        breaches.first_month

    from breaches
    inner join of_weeks
        on
            breaches.topic = of_weeks.topic
            and breaches.dimension = of_weeks.dimension
            and breaches.dimension_value = of_weeks.dimension_value
            and breaches.first_month <= of_weeks.period_end
            and breaches.last_day >= of_weeks.period_start

),

found as (

    select
        rule,
        dimension,
        dimension_value,
        funnel,
        step,
        period_start,
        period_end,
        is_ongoing,
        people,
        people_before,
        expected,
        amount_each

    from of_weeks

    union all

    select
        breaches.rule,
        breaches.dimension,
        breaches.dimension_value,
        'none' as funnel,
        'none' as step,
        breaches.first_month as period_start,
        breaches.last_day as period_end,
        breaches.is_ongoing,
        breaches.numerator as people,
        breaches.denominator as people_before,
        {{ safe_divide('breaches.expected_numerator', 'breaches.denominator') }} as expected,
        cast(null as numeric(18, 2)) as amount_each

    from breaches
    left join told_by_weeks
        on
            breaches.rule = told_by_weeks.rule
            and breaches.dimension = told_by_weeks.dimension
            and breaches.dimension_value = told_by_weeks.dimension_value
            and breaches.first_month = told_by_weeks.first_month

    where told_by_weeks.rule is null

),

sales as (

    select
        month,
        numerator as net_amount,
        denominator as orders

    from {{ ref('int_order_metrics') }}

    where metric = 'average_order_amount' and dimension = 'all'

),

-- where nothing better is known, one of them is worth an average order of these months
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
    left join sales on found.period_end >= sales.month and cast(date_trunc('month', found.period_start) as date) <= sales.month

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
