with overdue as (

    select
        expected_gaps.snapshot_date,
        expected_gaps.customer_id,
        'overdue' as signal

    from {{ ref('int_customer_overdue') }} as expected_gaps
    inner join {{ ref('int_snapshot_dates') }} as snapshot_dates on expected_gaps.snapshot_date = snapshot_dates.snapshot_date
    inner join {{ ref('churn_signals') }} as signals on signals.signal = 'overdue'

    where snapshot_dates.is_scored and expected_gaps.overdue_ratio >= signals.threshold

),

triggered as (

    select * from overdue

    union all

    select * from {{ ref('int_churn_order_signals') }}

    union all

    select * from {{ ref('int_churn_voice_signals') }}

    union all

    select * from {{ ref('int_churn_visit_signals') }}

),

final as (

    select
        triggered.snapshot_date,
        triggered.customer_id,
        triggered.signal,
        signals.weight,
        row_number() over (
            partition by triggered.snapshot_date, triggered.customer_id
            order by signals.weight desc, {{ byte_order('triggered.signal') }}
        ) as signal_rank

    from triggered
    inner join {{ ref('churn_signals') }} as signals on triggered.signal = signals.signal

)

select * from final
