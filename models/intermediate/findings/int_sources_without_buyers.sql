with rules as (

    select * from {{ ref('finding_rules') }}

    where comparison = 'below_shop'

),

source_weeks as (

    select
        source,
        cast(date_trunc('week', session_date) as date) as week,
        count(*) as sessions,
        sum(case when has_placed_order then 1 else 0 end) as ordering_sessions

    from {{ ref('int_sessions') }}

    group by source, cast(date_trunc('week', session_date) as date)

),

-- a source counts in weeks in which it has a large share of sessions
weeks as (

    select
        sources.*,
        weeks.week_number,
        weeks.week_end,
        sum(sources.sessions) over (partition by sources.week) as shop_sessions,
        sum(sources.ordering_sessions) over (partition by sources.week) as shop_ordering_sessions

    from source_weeks as sources
    inner join {{ ref('int_weeks') }} as weeks on sources.week = weeks.week

),

evaluated as (

    select
        weeks.*,
        rules.minimum_people,
        rules.minimum_z,
        rules.baseline_periods,
        {{ sells_little(
            'weeks.ordering_sessions', 'weeks.sessions', 'weeks.shop_ordering_sessions', 'weeks.shop_sessions', 'rules.threshold'
        ) }} as is_low,
        max(weeks.week_number) over () as newest_week_number

    from weeks
    cross join rules

    where weeks.sessions >= rules.minimum_period_people and weeks.sessions >= rules.minimum_share * weeks.shop_sessions

),

dated as (

    select
        evaluated.*,
        max(case when not is_low then week_number end) over (
            partition by source order by week_number rows between unbounded preceding and current row
        ) as last_normal_week_number

    from evaluated

),

numbered as (

    select
        dated.*,
        week_number - row_number() over (partition by source order by week_number) as run_number

    from dated

    where is_low

),

runs as (

    select
        source,
        min(week_number) as first_week_number,
        max(week_number) as last_week_number,
        min(week) as first_week,
        max(week_end) as last_day,
        min(last_normal_week_number) as last_normal_week_number,
        sum(sessions) as sessions,
        sum(ordering_sessions) as ordering_sessions,
        sum(shop_sessions) as shop_sessions,
        sum(shop_ordering_sessions) as shop_ordering_sessions,
        sum(shop_ordering_sessions) / cast(sum(shop_sessions) as {{ type_double() }}) as shop_rate,
        min(minimum_people) as minimum_people,
        min(minimum_z) as minimum_z,
        min(baseline_periods) as baseline_periods,
        max(week_number) = min(newest_week_number) as is_ongoing

    from numbered

    group by source, run_number

),

final as (

    select
        source,
        first_week,
        last_day,
        sessions,
        ordering_sessions,
        shop_sessions,
        shop_ordering_sessions,
        is_ongoing,
        coalesce(last_normal_week_number < first_week_number - baseline_periods, true) as is_new

    from runs

    where
        sessions >= minimum_people
        and {{ binomial_z('ordering_sessions', 'sessions', 'shop_rate') }} <= -minimum_z

)

select * from final
