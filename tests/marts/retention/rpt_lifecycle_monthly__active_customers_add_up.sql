-- Active customers are exactly the new, retained and resurrected ones. Customers active in the previous month but not
-- retained are dormant. No month is missing, and ratios match their numerators and denominators.
with months as (

    select
        lifecycle.*,
        lag(active) over (order by month) as active_last_month,
        lag(month) over (order by month) as last_month

    from {{ ref('rpt_lifecycle_monthly') }} as lifecycle

)

select
    month,
    last_month,
    active,
    active_last_month

from months

where
    active <> new + retained + resurrected
    or active_before <> coalesce(active_last_month, 0)
    or dormant <> active_before - retained
    or activated > acquired
    or referrals > acquired
    or last_month <> cast(month - interval '1' month as date)
    or (activation_rate is not null) <> (is_activation_complete and acquired > 0)
    or abs(activation_rate - 1.0 * activated / acquired) > 0.000001
    or (retention_rate is not null) <> (is_complete and active_before > 0)
    or abs(retention_rate - 1.0 * retained / active_before) > 0.000001
    or abs(revenue_per_active - 1.0 * revenue / active) > 0.0051
