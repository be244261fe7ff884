-- Guards that both ratios follow from the columns beside them, that a rate is unknown exactly while it is immature, and
-- that money adds up from period to period, none of which is missing.
with cells as (

    select
        cohort_month,
        cohort_dimension,
        cohort_value,
        retention_kind,
        period_number,
        is_mature,
        cohort_customers,
        retained_customers,
        retention_rate,
        cumulative_net_amount,
        cumulative_net_amount_per_customer,
        row_number() over (
            partition by cohort_month, cohort_dimension, cohort_value, retention_kind order by period_number
        ) - 1 as periods_before,
        sum(net_amount) over (
            partition by cohort_month, cohort_dimension, cohort_value, retention_kind order by period_number
        ) as net_amount_so_far

    from {{ ref('rpt_cohort_retention') }}

)

select * from cells

where
    periods_before <> period_number
    or (retention_rate is not null) <> is_mature
    or abs(retention_rate - 1.0 * retained_customers / cohort_customers) > 0.000001
    or cumulative_net_amount <> net_amount_so_far
    or abs(cumulative_net_amount_per_customer - 1.0 * cumulative_net_amount / cohort_customers) > 0.0051
