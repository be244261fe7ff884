with rates as (

    select
        weekly_rates.*,
        rules.threshold,
        rules.minimum_people,
        rules.minimum_cases,
        rules.minimum_z

    from {{ ref('int_weekly_rates') }} as weekly_rates
    inner join {{ ref('finding_rules') }} as rules
        on weekly_rates.metric = rules.metric and weekly_rates.dimension = rules.dimension

    where rules.comparison = 'rise'

),

-- few come back in a week: two weeks together are held against half a year
pairs as (

    select
        rates.*,
        sum(people_before) over pair as pair_before,
        sum(people) over pair as pair_people,
        sum(people_before) over past as base_before,
        sum(people) over past as base_people,
        count(*) over past as past_weeks,
        max(week_number) over (partition by series_key) as newest_week_number

    from rates

    window
        pair as (partition by series_key order by week_number rows between 1 preceding and current row),
        past as (partition by series_key order by week_number rows between 27 preceding and 2 preceding)

),

scored as (

    select
        pairs.*,
        {{ rate_ratio_z('pair_people', 'pair_before', 'base_people', 'base_before') }} as z

    from pairs

),

judged as (

    select
        scored.*,
        people * base_before >= (1 + threshold) * people_before * base_people as is_off,
        past_weeks = 26
        and pair_before >= minimum_people
        and pair_people >= minimum_cases
        and pair_people * base_before >= (1 + threshold) * pair_before * base_people
        and z >= minimum_z as is_rise

    from scored

),

covered as (

    select
        judged.*,
        is_rise or coalesce(lead(is_rise) over (partition by series_key order by week_number), false) as is_covered

    from judged

),

numbered as (

    select
        covered.*,
        week_number - row_number() over (partition by series_key order by week_number) as run_number

    from covered

    where is_covered

),

-- a pair may begin in the week before the rise and end in the week after it
runs as (

    select
        series_key,
        coalesce(min(case when is_off then week_number end), min(week_number)) as first_week_number,
        coalesce(max(case when is_off then week_number end), max(week_number)) as last_week_number,
        min(case when is_rise then week_number end) as found_week_number,
        max(case when is_rise then z end) as z

    from numbered

    group by series_key, run_number

),

final as (

    select
        runs.series_key,
        found.metric,
        found.funnel,
        found.step,
        found.dimension,
        found.dimension_value,
        runs.first_week_number,
        runs.last_week_number,
        cast(sum(rates.people_before) as bigint) as people_before,
        cast(sum(rates.people) as bigint) as people,
        cast(min(found.base_before) as bigint) as baseline_people_before,
        cast(min(found.base_people) as bigint) as baseline_people,
        min(runs.z) as z,
        runs.last_week_number = min(found.newest_week_number) as is_ongoing

    from runs
    inner join judged as found on runs.series_key = found.series_key and runs.found_week_number = found.week_number
    inner join rates
        on runs.series_key = rates.series_key and rates.week_number between runs.first_week_number and runs.last_week_number

    group by
        runs.series_key,
        found.metric,
        found.funnel,
        found.step,
        found.dimension,
        found.dimension_value,
        runs.first_week_number,
        runs.last_week_number

)

select * from final
