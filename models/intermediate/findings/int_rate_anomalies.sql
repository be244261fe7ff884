-- running totals up to a week, so that a period is the difference of two of them
with totals as (

    select
        series_key,
        week_number,
        count(*) over past as weeks,
        sum(people_before) over past as people_before,
        sum(people) over past as people,
        sum(amount) over past as amount

    from {{ ref('int_weekly_rates') }}

    window past as (partition by series_key order by week_number rows between unbounded preceding and current row)

),

-- the gap keeps an anomaly out of its own baseline
with_baselines as (

    select
        rates.*,
        {% for measure in ['weeks', 'people_before', 'people', 'amount'] -%}
        newest.{{ measure }} - coalesce(older.{{ measure }}, 0) as baseline_{{ measure }},
        {% endfor -%}
        rules.threshold,
        rules.rest_threshold,
        rules.minimum_people,
        rules.minimum_period_people,
        rules.minimum_cases,
        rules.minimum_baseline,
        cast(rules.minimum_z as {{ type_double() }}) as minimum_z,
        case when rules.comparison = 'rise' then 1 else -1 end as direction,
        rates.week_number - rules.baseline_gap - rules.baseline_periods as baseline_first_week_number,
        rates.week_number - rules.baseline_gap - 1 as baseline_last_week_number

    from {{ ref('int_weekly_rates') }} as rates
    inner join {{ ref('finding_rules') }} as rules
        on rates.metric = rules.metric and rates.dimension = rules.dimension and rules.comparison in ('drop', 'rise')
    left join totals as newest
        on rates.series_key = newest.series_key and rates.week_number - rules.baseline_gap - 1 = newest.week_number
    left join totals as older
        on
            rates.series_key = older.series_key
            and rates.week_number - rules.baseline_gap - rules.baseline_periods - 1 = older.week_number

),

with_neighbours as (

    select
        with_baselines.*,
        {% for measure in ['people_before', 'people'] -%}
        sum({{ measure }}) over around as {{ measure }}_around,
        {% endfor -%}
        coalesce(
            baseline_weeks >= minimum_baseline and baseline_people_before >= minimum_people and baseline_people > 0, false
        ) as has_baseline

    from with_baselines

    window around as (partition by series_key order by week_number rows between 1 preceding and 1 following)

),

compared as (

    select
        with_neighbours.*,
        has_baseline and people_before >= minimum_period_people as is_compared,
        {% for around in ['', '_around'] -%}
        has_baseline and people_before{{ around }} > 0
        and direction * (people{{ around }} * baseline_people_before - baseline_people * people_before{{ around }})
        >= threshold * baseline_people * people_before{{ around }} as is_beyond_threshold{{ around }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from with_neighbours

),

-- the number of series compared, because more series have larger chance deviations
metric_series as (

    select
        metric,
        cast(count(distinct series_key) as {{ type_double() }}) as compared_series

    from compared

    where is_compared

    group by metric

),

-- a week with few people is judged together with the weeks next to it, because it can look normal by chance
judged as (

    select
        compared.*,
        is_beyond_threshold and (
            is_compared or (people_before_around >= minimum_period_people and is_beyond_threshold_around)
        ) as is_off,
        people_before >= minimum_period_people
        and not (is_beyond_threshold or (people_before < minimum_people and is_beyond_threshold_around)) as is_normal

    from compared

),

-- a normal week ends a run
numbered as (

    select
        judged.*,
        sum(case when is_normal then 1 else 0 end) over (
            partition by series_key order by week_number rows between unbounded preceding and current row
        ) as run_number,
        case when is_off then week_number end as off_week_number,
        max(week_number) over (partition by series_key) as newest_week_number

    from judged

),

run_bounds as (

    select
        numbered.*,
        min(off_week_number) over (partition by series_key, run_number) as first_week_number,
        max(off_week_number) over (partition by series_key, run_number) as last_week_number

    from numbered

),

-- the first week of a run determines its baseline
runs as (

    select
        run_bounds.*,
        max(week) over run as last_week,
        sum(people_before) over run as run_people_before,
        sum(people) over run as run_people

    from run_bounds

    where week_number between first_week_number and last_week_number

    window run as (partition by series_key, run_number)

),

scored as (

    select
        runs.*,
        case
            when runs.direction > 0
                then {{ rate_ratio_z('runs.run_people', 'runs.run_people_before', 'runs.baseline_people', 'runs.baseline_people_before') }}
            else {{ two_sample_z('runs.run_people', 'runs.run_people_before', 'runs.baseline_people', 'runs.baseline_people_before') }}
        end as z,
        sqrt(runs.minimum_z * runs.minimum_z + 2 * ln(metric_series.compared_series)) as bound

    from runs
    inner join metric_series on runs.metric = metric_series.metric

    where runs.week_number = runs.first_week_number

),

final as (

    select
        series_key,
        metric,
        funnel,
        step,
        dimension,
        dimension_value,
        direction,
        minimum_people,
        rest_threshold,
        first_week_number,
        last_week_number,
        baseline_first_week_number,
        baseline_last_week_number,
        week as first_week,
        last_week,
        last_week_number = newest_week_number as is_ongoing,
        run_people_before as people_before,
        run_people as people,
        baseline_people_before,
        baseline_people,
        baseline_amount,
        z

    from scored

    where run_people_before >= minimum_people and run_people >= minimum_cases and direction * z >= bound

)

select * from final
