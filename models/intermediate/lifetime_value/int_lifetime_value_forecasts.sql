with outcomes as (

    select
        outcomes.snapshot_date,
        outcomes.customer_id,
        outcomes.order_days,
        outcomes.net_amount

    from {{ ref('int_snapshot_outcomes') }} as outcomes
    inner join {{ ref('int_snapshot_dates') }} as snapshot_dates on outcomes.snapshot_date = snapshot_dates.snapshot_date

    where snapshot_dates.is_backtest

),

-- the naive forecast goes on at the pace of the past
forecasts as (

    select
        outcomes.*,
        predicted.predicted_orders,
        predicted.predicted_value,
        cast(
            {{ exact_ratio('features.repeat_days * ' ~ var("churn_horizon_days"), 'features.observed_days', 6) }}
            as numeric(18, 6)
        ) as naive_orders,
        features.mean_day_amount

    from outcomes
    inner join {{ ref('int_customer_values_predicted') }} as predicted
        on outcomes.snapshot_date = predicted.snapshot_date and outcomes.customer_id = predicted.customer_id
    inner join {{ ref('int_order_features') }} as features
        on outcomes.snapshot_date = features.snapshot_date and outcomes.customer_id = features.customer_id

),

final as (

    select
        'orders' as measure,
        snapshot_date,
        customer_id,
        cast(order_days as numeric(18, 2)) as actual,
        predicted_orders as predicted,
        coalesce(naive_orders, 0) as naive

    from forecasts

    union all

    select
        'net_amount' as measure,
        snapshot_date,
        customer_id,
        net_amount as actual,
        cast(predicted_value as numeric(24, 6)) as predicted,
        -- 19 digits: DuckDB multiplies two numbers of 18 in 64 bits, in which the money of a wholesaler finds no room
        cast(cast(coalesce(naive_orders, 0) as numeric(19, 6)) * mean_day_amount as numeric(24, 6)) as naive

    from forecasts

)

select * from final
