with snapshot_dates as (

    select snapshot_date from {{ ref('int_snapshot_dates') }}
    where is_scored

),

bands as (

    select
        score as recency_band,
        lower_bound,
        coalesce(upper_bound, 100000) as upper_bound

    from {{ ref('rfm_bands') }}

    where measure = 'recency_days'

),

outcomes as (

    select
        outcomes.label_through,
        outcomes.customer_id,
        outcomes.churned,
        bands.recency_band,
        bands.lower_bound,
        bands.upper_bound

    from {{ ref('int_snapshot_outcomes') }} as outcomes
    inner join {{ ref('int_order_features') }} as features
        on outcomes.snapshot_date = features.snapshot_date and outcomes.customer_id = features.customer_id
    inner join bands on features.recency_days between bands.lower_bound and bands.upper_bound

    where outcomes.is_in_sample

),

final as (

    select
        snapshot_dates.snapshot_date,
        outcomes.recency_band,
        outcomes.lower_bound,
        outcomes.upper_bound,
        count(distinct outcomes.customer_id) as customers,
        count(*) as outcomes,
        sum(case when outcomes.churned then 1 else 0 end) as churners,
        {{ safe_divide('sum(case when outcomes.churned then 1 else 0 end)', 'count(*)') }} as churn_rate

    from snapshot_dates
    inner join outcomes on snapshot_dates.snapshot_date >= outcomes.label_through

    group by snapshot_dates.snapshot_date, outcomes.recency_band, outcomes.lower_bound, outcomes.upper_bound

    having count(distinct outcomes.customer_id) >= {{ var('rfm_minimum_customers') }}

)

select * from final
