select
    backtest.measure,
    labels.label_en as measure_en,
    labels.label_zh as measure_zh,
    backtest.snapshot_date as cutoff_date,
    {{ var('churn_horizon_days') }} as horizon_days,
    cast(backtest.customers as integer) as customers,
    cast(backtest.actual as numeric(18, 2)) as actual_total,
    cast(backtest.predicted as numeric(18, 2)) as predicted_total,
    cast(backtest.naive as numeric(18, 2)) as naive_total,
    backtest.rmse,
    backtest.naive_rmse,
    backtest.correlation,
    backtest.naive_correlation,
    cast(backtest.predicted_top_decile as numeric(18, 2)) as top_decile_total,
    backtest.top_decile_share,
    cast(backtest.naive_top_decile as numeric(18, 2)) as naive_top_decile_total,
    backtest.naive_top_decile_share,
    backtest.forecast_method

from {{ ref('int_forecast_backtest') }} as backtest
left join {{ ref('labels') }} as labels on labels.code_type = 'measure' and backtest.measure = labels.code
