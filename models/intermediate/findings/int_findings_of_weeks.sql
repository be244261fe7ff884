with rules as (

    select * from {{ ref('finding_rules') }}

),

breaks as (

    select * from {{ ref('int_rate_breaks_located') }}

),

-- what one of those who went on was worth in the eight weeks before
worth as (

    select
        breaks.series_key,
        breaks.first_week_number,
        sum(rates.amount) as amount,
        sum(rates.people) as people

    from breaks
    inner join {{ ref('int_weekly_rates') }} as rates
        on
            breaks.series_key = rates.series_key
            and rates.week_number between breaks.first_week_number - 8 and breaks.first_week_number - 1

    group by breaks.series_key, breaks.first_week_number

),

found as (

    select
        rules.rule,
        rules.topic,
        rules.dimension,
        breaks.dimension_value,
        breaks.funnel,
        breaks.step,
        breaks.first_week_number,
        breaks.last_week_number,
        breaks.is_ongoing,
        breaks.people,
        breaks.people_before,
        {{ share('breaks.baseline_people', 'breaks.baseline_people_before') }} as expected,
        {{ mean_amount('worth.amount', 'worth.people') }} as amount_each

    from breaks
    inner join worth on breaks.series_key = worth.series_key and breaks.first_week_number = worth.first_week_number
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
        sources.first_week_number,
        sources.last_week_number,
        sources.is_ongoing,
        sources.ordering_sessions as people,
        sources.sessions as people_before,
        {{ share('sources.shop_ordering_sessions', 'sources.shop_sessions') }} as expected,
        cast(null as numeric(18, 2)) as amount_each

    from {{ ref('int_sources_without_buyers') }} as sources
    inner join rules on rules.comparison = 'below_shop'

),

final as (

    select
        found.rule,
        found.topic,
        found.dimension,
        found.dimension_value,
        found.funnel,
        found.step,
        first_weeks.week as period_start,
        last_weeks.week_end as period_end,
        found.is_ongoing,
        found.people,
        found.people_before,
        found.expected,
        found.amount_each

    from found
    inner join {{ ref('int_weeks') }} as first_weeks on found.first_week_number = first_weeks.week_number
    inner join {{ ref('int_weeks') }} as last_weeks on found.last_week_number = last_weeks.week_number

)

select * from final
