with cutoffs as (

    select cutoff_date from {{ ref('int_cutoffs') }}
    where is_judged

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
        bands.recency_band,
        count(*) as customers,
        sum(case when outcomes.has_left then 1 else 0 end) as leavers

    from {{ ref('int_cutoff_outcomes') }} as outcomes
    inner join {{ ref('int_order_features') }} as features
        on outcomes.cutoff_date = features.cutoff_date and outcomes.customer_id = features.customer_id
    inner join bands on features.recency_days between bands.lower_bound and bands.upper_bound

    where outcomes.is_in_sample

    group by outcomes.label_through, bands.recency_band

),

final as (

    select
        cutoffs.cutoff_date,
        bands.recency_band,
        bands.lower_bound,
        bands.upper_bound,
        sum(outcomes.customers) as customers,
        sum(outcomes.leavers) as leavers,
        {{ share('sum(outcomes.leavers)', 'sum(outcomes.customers)') }} as churn_rate

    from cutoffs
    inner join outcomes on cutoffs.cutoff_date >= outcomes.label_through
    inner join bands on outcomes.recency_band = bands.recency_band

    group by cutoffs.cutoff_date, bands.recency_band, bands.lower_bound, bands.upper_bound

    having sum(outcomes.customers) >= {{ var('rfm_minimum_customers') }}

)

select * from final
