with signals as (

    select * from {{ ref('churn_signals') }}

),

purchases as (

    select
        purchases.snapshot_date,
        purchases.customer_id,
        purchases.net_amount,
        purchases.refunded_amount,
        signals.signal,
        signals.threshold,
        signals.minimum_before,
        purchases.age_days < signals.lookback_days as is_recent,
        purchases.age_days < 2 * signals.lookback_days as is_in_both_periods

    from {{ ref('int_snapshot_purchases') }} as purchases
    inner join signals on signals.signal in ('orders_halved', 'amount_dropped', 'returns_up')

    where purchases.is_scored

),

measured as (

    select
        snapshot_date,
        customer_id,
        signal,
        threshold,
        minimum_before,
        sum(case when is_recent then 1 else 0 end) as recent_orders,
        sum(case when is_recent then net_amount else 0 end) as recent_amount,
        sum(case when is_recent and refunded_amount > 0 then 1 else 0 end) as recent_refunded_orders,
        sum(case when is_in_both_periods and not is_recent then 1 else 0 end) as period_before_orders,
        sum(case when not is_recent then 1 else 0 end) as all_before_orders,
        sum(case when not is_recent then net_amount else 0 end) as all_before_amount

    from purchases

    group by snapshot_date, customer_id, signal, threshold, minimum_before

),

-- ratios are compared crosswise: no division, no rounding
final as (

    select
        snapshot_date,
        customer_id,
        signal

    from measured

    where
        (
            signal = 'orders_halved'
            and period_before_orders >= minimum_before
            and recent_orders <= threshold * period_before_orders
        )
        or (
            signal = 'amount_dropped'
            and recent_orders > 0
            and all_before_orders >= minimum_before
            -- nothing is no half of nothing
            and all_before_amount > 0
            and recent_amount * all_before_orders <= threshold * all_before_amount * recent_orders
        )
        or (
            signal = 'returns_up'
            and recent_orders > 0
            and recent_refunded_orders >= threshold * recent_orders
        )

)

select * from final
