with kpis as (

    select
        monthly.*,
        period_start as month

    from {{ ref('rpt_kpis') }} as monthly

    where period_kind = 'month' and dimension = 'value_tier' and is_complete

),

newest as (

    select
        metric,
        max(month) as month

    from kpis

    group by metric

),

-- a strategy without a start month is due now
dated as (

    select
        strategies.*,
        newest.month as newest_month,
        coalesce(
            strategies.started_month,
            cast({{ dbt.dateadd('month', '-strategies.target_months', 'newest.month') }} as date)
        ) as baseline_month

    from {{ ref('strategies') }} as strategies
    left join newest on strategies.target_metric = newest.metric

),

measured as (

    select
        dated.*,
        {{ dbt.datediff('dated.baseline_month', 'dated.newest_month', 'month') }} as months_gone,
        baselines.value as baseline,
        cast(baselines.value * (1 + dated.target_change) as numeric(24, 6)) as target,
        actuals.value as actual

    from dated
    left join kpis as baselines
        on
            dated.target_metric = baselines.metric
            and dated.segment = baselines.dimension_value
            and dated.baseline_month = baselines.month
    left join kpis as actuals
        on
            dated.target_metric = actuals.metric
            and dated.segment = actuals.dimension_value
            and dated.newest_month = actuals.month

),

with_progress as (

    select
        measured.*,
        case
            when actual >= baseline then {{ safe_divide('actual - baseline', 'target - baseline') }}
            else -({{ safe_divide('baseline - actual', 'target - baseline') }})
        end as progress

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
        with_progress.target_metric,
        metrics.label_en as target_metric_en,
        metrics.label_zh as target_metric_zh,
        with_progress.baseline_month,
        with_progress.newest_month as actual_month,
        with_progress.baseline,
        with_progress.target,
        with_progress.actual,
        cast(with_progress.progress as numeric(18, 6)) as progress,
        -- on track: progress is at least the share of time elapsed
        with_progress.progress * with_progress.target_months >= least(with_progress.months_gone, with_progress.target_months) as is_on_track

    from with_progress
    inner join {{ ref('rpt_segments') }} as segments
        on segments.scheme = 'value_tier' and with_progress.segment = segments.segment
    left join {{ ref('labels') }} as metrics
        on metrics.code_type = 'metric' and with_progress.target_metric = metrics.code

)

select * from final
