with outcomes as (

    select
        outcomes.snapshot_date,
        outcomes.customer_id,
        outcomes.churned

    from {{ ref('int_snapshot_outcomes') }} as outcomes
    inner join {{ ref('int_snapshot_dates') }} as snapshot_dates on outcomes.snapshot_date = snapshot_dates.snapshot_date

    where snapshot_dates.is_backtest

),

scores as (

    select
        outcomes.churned,
        scores.*

    from outcomes
    inner join {{ ref('int_churn_scores') }} as scores
        on outcomes.snapshot_date = scores.snapshot_date and outcomes.customer_id = scores.customer_id

),

methods as (

    select
        scores.*,
        'days_since_last_order' as method,
        cast(recency_days as numeric(18, 6)) as score,
        recency_band_rate as churn_probability,
        is_churned as is_flagged

    from scores

    union all

    select
        scores.*,
        'personal_gap' as method,
        cast(scores.overdue_ratio as numeric(18, 6)) as score,
        cast(null as numeric(18, 6)) as churn_probability,
        scores.overdue_ratio >= signals.threshold as is_flagged

    from scores
    inner join {{ ref('churn_signals') }} as signals on signals.signal = 'overdue'

    where scores.overdue_ratio is not null

    union all

    select
        scores.*,
        'rule_flags' as method,
        cast(case when is_churned then 2 when is_warned then 1 else 0 end as numeric(18, 6)) as score,
        cast(null as numeric(18, 6)) as churn_probability,
        is_churned or is_warned as is_flagged

    from scores
    {%- for method in ['bgnbd', 'logistic'] %}

    union all

    select
        scores.*,
        '{{ method }}' as method,
        churn_probability_{{ method }} as score,
        churn_probability_{{ method }} as churn_probability,
        churn_probability_{{ method }} >= {{ churn_threshold() }} as is_flagged

    from scores

    where churn_probability_{{ method }} is not null
    {%- endfor %}

),

final as (

    select
        method,
        snapshot_date,
        customer_id,
        score,
        churn_probability,
        is_flagged,
        churned

    from methods

)

select * from final
