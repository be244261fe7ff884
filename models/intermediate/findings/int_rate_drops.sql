{%- set entries = range(1, 9) -%}
{%- set base_before %}(runs.before_{{ entries | join(' + runs.before_') }}){% endset -%}
{%- set base_people %}(runs.people_{{ entries | join(' + runs.people_') }}){% endset -%}
{%- set was_drop %}coalesce({{ is_drop('runs.run_people', 'runs.run_before', base_people, base_before) }}, false){% endset -%}

-- week after week: weeks off the baseline make a run, and while it lasts the baseline stands still
with recursive rates as (

    select
        weekly_rates.*,
        row_number() over (partition by weekly_rates.series_key order by weekly_rates.week_number) as series_week,
        rules.threshold,
        rules.minimum_people,
        rules.minimum_z

    from {{ ref('int_weekly_rates') }} as weekly_rates
    inner join {{ ref('finding_rules') }} as rules
        on weekly_rates.metric = rules.metric and weekly_rates.dimension = rules.dimension

    where rules.comparison = 'drop'

),

-- the first of the eight entries of the baseline is the newest
runs as (

    select
        series_key,
        series_week,
        cast(0 as bigint) as run_weeks,
        cast(0 as bigint) as run_before,
        cast(0 as bigint) as run_people,
        {% for number in entries -%}
        {{ 'people_before' if number == 1 else 'cast(0 as bigint)' }} as before_{{ number }},
        {{ 'people' if number == 1 else 'cast(0 as bigint)' }} as people_{{ number }},
        {% endfor -%}
        cast(0 as bigint) as base_before,
        cast(0 as bigint) as base_people

    from rates

    where series_week = 1

    union all

    select
        series_key,
        series_week + 1 as series_week,
        case when is_off then run_weeks + 1 else 0 end as run_weeks,
        case when is_off then run_before + week_before else 0 end as run_before,
        case when is_off then run_people + week_people else 0 end as run_people,
        {% for number in entries -%}
        {% for kind in ['before', 'people'] -%}
        case
            when is_off then {{ kind }}_{{ number }}
            -- a run that came to nothing is one entry
            when run_weeks > 0 and not was_drop
                then {{ ['week_' ~ kind, 'run_' ~ kind, kind ~ '_' ~ (number - 2)][[number - 1, 2] | min] }}
            else {{ 'week_' ~ kind if number == 1 else kind ~ '_' ~ (number - 1) }}
        end as {{ kind }}_{{ number }},
        {% endfor -%}
        {% endfor -%}
        base_before,
        base_people

    from (
        select
            runs.series_key,
            runs.series_week,
            runs.run_weeks,
            runs.run_before,
            runs.run_people,
            {% for number in entries -%}
            runs.before_{{ number }},
            runs.people_{{ number }},
            {% endfor -%}
            rates.people_before as week_before,
            rates.people as week_people,
            {{ base_before }} as base_before,
            {{ base_people }} as base_people,
            {{ was_drop }} as was_drop,
            rates.people_before >= 10
            and {% for number in entries %}least(runs.before_{{ number }}, 1){{ ' + ' if not loop.last }}{% endfor %} >= 4
            and {{ base_before }} >= rates.minimum_people
            and {{ base_people }} > 0
            and rates.people * {{ base_before }} <= (1 - rates.threshold) * rates.people_before * {{ base_people }}
            -- what four weeks have not proven is no drop, but a baseline that was off
            and (runs.run_weeks < 4 or {{ was_drop }}) as is_off

        from runs
        inner join rates on runs.series_key = rates.series_key and runs.series_week + 1 = rates.series_week
    ) as judged

),

followed as (

    select
        runs.*,
        lead(run_weeks) over (partition by series_key order by series_week) as following_run_weeks

    from runs

),

-- runs as they stood when they ended, or at the end of the data
final as (

    select
        followed.series_key,
        rates.metric,
        rates.funnel,
        rates.step,
        rates.dimension,
        rates.dimension_value,
        rates.week_number - followed.run_weeks + 1 as first_week_number,
        rates.week_number as last_week_number,
        followed.run_before as people_before,
        followed.run_people as people,
        followed.base_before as baseline_people_before,
        followed.base_people as baseline_people,
        {{ two_sample_z('followed.run_people', 'followed.run_before', 'followed.base_people', 'followed.base_before') }} as z,
        followed.following_run_weeks is null as is_ongoing

    from followed
    inner join rates on followed.series_key = rates.series_key and followed.series_week = rates.series_week

    where
        followed.run_weeks > 0
        and coalesce(followed.following_run_weeks, 0) = 0
        and {{ is_drop('followed.run_people', 'followed.run_before', 'followed.base_people', 'followed.base_before') }}

)

select * from final
