with of_weeks as (

    select * from {{ ref('int_findings_of_weeks') }}

),

breaches as (

    select
        breaches.*,
        rules.topic,
        cast(breaches.last_month + interval '1' month - interval '1' day as date) as last_day

    from {{ ref('int_kpi_breaches') }} as breaches
    inner join {{ ref('finding_rules') }} as rules
        on breaches.rule = rules.rule and breaches.dimension = rules.dimension

),

said_by_weeks as (

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

    select * from of_weeks

    union all

    select
        breaches.rule,
        breaches.topic,
        breaches.dimension,
        breaches.dimension_value,
        'none' as funnel,
        'none' as step,
        breaches.first_month as period_start,
        breaches.last_day as period_end,
        breaches.is_ongoing,
        breaches.numerator as people,
        breaches.denominator as people_before,
        {{ share('breaches.expected_numerator', 'breaches.denominator') }} as expected,
        cast(null as numeric(18, 2)) as amount_each

    from breaches
    left join said_by_weeks
        on
            breaches.rule = said_by_weeks.rule
            and breaches.dimension = said_by_weeks.dimension
            and breaches.dimension_value = said_by_weeks.dimension_value
            and breaches.first_month = said_by_weeks.first_month

    where said_by_weeks.rule is null

),

sales as (

    select
        month,
        numerator as net_amount,
        denominator as orders

    from {{ ref('int_order_metrics') }}

    where metric = 'average_order_amount' and dimension = 'all'

),

-- where nothing nearer is known, an order of that time is what one of them is worth
valued as (

    select
        found.rule,
        found.dimension,
        found.dimension_value,
        found.funnel,
        found.step,
        found.period_start,
        {{ mean_amount('sum(sales.net_amount)', 'sum(sales.orders)') }} as mean_order_amount

    from found
    left join sales on found.period_end >= sales.month and cast(date_trunc('month', found.period_start) as date) <= sales.month

    group by found.rule, found.dimension, found.dimension_value, found.funnel, found.step, found.period_start

),

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
        coalesce(found.amount_each, valued.mean_order_amount) as amount_each

    from found
    inner join valued
        on
            found.rule = valued.rule
            and found.dimension = valued.dimension
            and found.dimension_value = valued.dimension_value
            and found.funnel = valued.funnel
            and found.step = valued.step
            and found.period_start = valued.period_start

)

select * from final
