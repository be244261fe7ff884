with weeks as (

    select
        source_weeks.*,
        rules.threshold,
        rules.minimum_people,
        rules.minimum_z,
        source_weeks.shop_ordering_sessions > 0
        and source_weeks.ordering_sessions * source_weeks.shop_sessions
        <= (1 - rules.threshold) * source_weeks.shop_ordering_sessions * source_weeks.sessions as is_low,
        max(source_weeks.week_number) over () as newest_week_number

    from {{ ref('int_source_weeks') }} as source_weeks
    inner join {{ ref('finding_rules') }} as rules on rules.comparison = 'below_shop'

    -- of note is a source of at least a twentieth of all visits
    where source_weeks.sessions >= 10 and 20 * source_weeks.sessions >= source_weeks.shop_sessions

),

dated as (

    select
        weeks.*,
        max(case when not is_low then week_number end) over (
            partition by source order by week_number rows between unbounded preceding and current row
        ) as last_sound_week_number

    from weeks

),

low as (

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
        min(last_sound_week_number) as last_sound_week_number,
        sum(sessions) as sessions,
        sum(ordering_sessions) as ordering_sessions,
        sum(shop_sessions) as shop_sessions,
        sum(shop_ordering_sessions) as shop_ordering_sessions,
        sum(shop_ordering_sessions) / cast(sum(shop_sessions) as {{ type_double() }}) as shop_rate,
        min(threshold) as threshold,
        min(minimum_people) as minimum_people,
        min(minimum_z) as minimum_z,
        max(week_number) = min(newest_week_number) as is_ongoing

    from low

    group by source, run_number

),

final as (

    select
        source,
        first_week_number,
        last_week_number,
        sessions,
        ordering_sessions,
        shop_sessions,
        shop_ordering_sessions,
        is_ongoing,
        coalesce(last_sound_week_number < first_week_number - 8, true) as is_new

    from runs

    where
        sessions >= minimum_people
        and {{ binomial_z('ordering_sessions', 'sessions', 'shop_rate') }} <= -minimum_z

)

select * from final
