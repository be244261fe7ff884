with kpis as (

    select * from {{ ref('rpt_kpis') }}

    where period_kind = 'month' and dimension = 'value_tier' and is_complete

),

newest as (

    select
        metric,
        max(period_start) as month

    from kpis

    group by metric

),

dated as (

    select
        strategies.*,
        as_of.as_of_date,
        newest.month as newest_month,
        cast(date_trunc('month', strategies.started_month) as date) as started_on,
        cast({{ dbt.dateadd('month', 'strategies.target_months', "date_trunc('month', strategies.started_month)") }} as date) as ended_before,
        coalesce(strategies.started_month <= as_of.as_of_date, false) as has_started

    from {{ ref('strategies') }} as strategies
    cross join {{ ref('int_as_of') }} as as_of
    left join newest on strategies.target_metric = newest.metric

),

-- the baseline is the last month before the start; a proposed strategy would start from today
periods as (

    select
        dated.*,
        cast(ended_before - interval '1' day as date) as ends_on,
        case
            when not has_started then 'proposed'
            when cast(as_of_date + interval '1' day as date) < ended_before then 'running'
            else 'finished'
        end as status,
        case when has_started then cast(started_on - interval '1' month as date) else newest_month end as baseline_month,
        case
            when not has_started then newest_month
            when newest_month >= started_on then least(newest_month, cast(ended_before - interval '1' month as date))
        end as actual_month

    from dated

),

measured as (

    select
        periods.*,
        {{ dbt.datediff('periods.baseline_month', 'periods.actual_month', 'month') }} as months_gone,
        baselines.value as baseline,
        -- percentage points, and no rate exceeds 100%
        case
            when baselines.value is not null
                then cast(greatest(least(baselines.value + periods.target_pp * 0.01, 1), 0) as numeric(24, 6))
        end as target,
        actuals.value as actual,
        actuals.numerator,
        actuals.denominator

    from periods
    left join kpis as baselines
        on
            periods.target_metric = baselines.metric
            and periods.segment = baselines.dimension_value
            and periods.baseline_month = baselines.period_start
    left join kpis as actuals
        on
            periods.target_metric = actuals.metric
            and periods.segment = actuals.dimension_value
            and periods.actual_month = actuals.period_start

),

followed as (

    select
        measured.*,
        -- bounds of the 95% Wilson interval
        {% for bound, sign in {'low': '-', 'high': '+'}.items() -%}
        cast({{ wilson_bound('numerator', 'denominator', sign) }} as numeric(24, 6)) as actual_{{ bound }},
        {% endfor -%}
        case
            when has_started
                then cast({{ divide_half_up('baseline * target_months + (target - baseline) * months_gone', 'target_months', 6) }} as numeric(24, 6))
        end as expected,
        case when (actual >= baseline) = (target >= baseline) then 1 else -1 end
        * {{ safe_divide('abs(actual - baseline)', 'abs(target - baseline)') }} as progress

    from measured

),

final as (

    select
        segments.segment,
        segments.segment_en,
        segments.segment_zh,
        segments.customers,
        segments.recommended_action_en as action_en,
        segments.recommended_action_zh as action_zh,
        followed.status,
        statuses.label_en as status_en,
        statuses.label_zh as status_zh,
        followed.owner,
        followed.started_on,
        followed.ends_on,
        followed.target_metric,
        metrics.label_en as target_metric_en,
        metrics.label_zh as target_metric_zh,
        followed.baseline_month,
        followed.actual_month,
        followed.baseline,
        followed.target,
        followed.expected,
        followed.actual,
        followed.actual_low,
        followed.actual_high,
        case when followed.has_started then cast(followed.progress as numeric(18, 6)) end as progress,
        case
            when followed.target > followed.baseline and followed.actual_low >= followed.expected then true
            when followed.target > followed.baseline and followed.actual_high < followed.expected then false
            when followed.target < followed.baseline and followed.actual_high <= followed.expected then true
            when followed.target < followed.baseline and followed.actual_low > followed.expected then false
        end as is_on_track

    from followed
    inner join {{ ref('rpt_segments') }} as segments
        on segments.scheme = 'value_tier' and followed.segment = segments.segment
    left join {{ ref('labels') }} as statuses
        on statuses.code_type = 'strategy_status' and followed.status = statuses.code
    left join {{ ref('labels') }} as metrics
        on metrics.code_type = 'metric' and followed.target_metric = metrics.code

)

select * from final
