-- name: cohorts
select cohort_month, period_number, cohort_customers, retained_customers, retention_rate, is_left_truncated
from marts.rpt_cohort_retention, periods
where
    retention_kind = 'calendar_month'
    and cohort_dimension = 'all'
    and cohort_month between periods.first_month and periods.newest_month
    and period_number between 1 and 12
    and is_mature
order by period_number, cohort_month

-- name: next_month
select
    sum(cohort_customers)::bigint as cohort_customers,
    sum(retained_customers) / sum(cohort_customers) as retention_rate,
    min(cohort_month) as from_month,
    max(cohort_month) as to_month,
    bool_or(is_left_truncated) as is_left_truncated
from marts.rpt_cohort_retention, periods
where
    retention_kind = 'calendar_month'
    and cohort_dimension = 'all'
    and cohort_month between periods.first_month and periods.newest_month
    and period_number = 1
    and is_mature
    and is_in_totals
having count(*) > 0

-- name: truncated
select max(cohort_month) as last_month
from marts.rpt_cohort_retention, periods
where is_left_truncated and cohort_month between periods.first_month and periods.newest_month
having count(*) > 0

-- name: lifecycle
select
    rpt_lifecycle_monthly.month,
    new,
    retained,
    resurrected,
    -dormant as dormant,
    active,
    retention_rate as previous_month_retention_rate
from marts.rpt_lifecycle_monthly, periods
where rpt_lifecycle_monthly.month between periods.first_month and periods.newest_month
order by rpt_lifecycle_monthly.month

-- name: aarrr
select
    rpt_lifecycle_monthly.month,
    acquired,
    case when is_activation_complete then activated end as activated,
    activation_rate as activated_rate,
    active,
    retention_rate as previous_month_retention_rate,
    revenue as lifecycle_net_amount,
    referrals
from marts.rpt_lifecycle_monthly, periods
where rpt_lifecycle_monthly.month between periods.first_month and periods.newest_month
order by rpt_lifecycle_monthly.month

-- name: curve
select
    day,
    max(case when group_value = '1' then repurchase_probability end) as after_1_probability,
    max(case when group_value = '2' then repurchase_probability end) as after_2_probability,
    max(case when group_value = '3' then repurchase_probability end) as after_3_probability
from marts.rpt_repurchase_curve
where group_by = 'order_number' and group_value in ('1', '2', '3') and day % 15 = 0
group by day
having max(case when group_value = '1' then customers_at_risk end) >= 10
order by day

-- name: drop_points
select
    from_order_number,
    customers as customers_reached,
    observed_90d as observed,
    reordered_90d as reordered,
    reorder_rate_90d as reorder_rate
from marts.rpt_drop_points
where observed_90d > 0
order by from_order_number

-- name: cycles
select
    label('category', category) as category_name,
    customers,
    repurchase_rate as category_repurchase_rate,
    median_gap_days,
    p25_gap_days,
    p75_gap_days,
    censored_median_gap_days,
    category
from marts.rpt_category_cycles
where median_gap_days is not null and gaps >= 10
order by median_gap_days, category
limit 10
