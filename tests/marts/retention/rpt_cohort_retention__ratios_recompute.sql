-- Both ratios match their numerators and denominators, a rate is null exactly while its period is not over for the whole
-- cohort, amounts add up over periods, and no period is missing.
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
        -- the first day on which the period is over for a first order on the last day of the month
        cast(case
            when retention_kind = 'rolling_30d'
                then {{ dbt.dateadd('day', '30 * period_number', "cast(cohort_month + interval '1' month as date)") }}
            else {{ dbt.dateadd('month', 'period_number + 1', 'cohort_month') }}
        end as date) as over_on,
        row_number() over (
            partition by cohort_month, cohort_dimension, cohort_value, retention_kind order by period_number
        ) - 1 as periods_before,
        sum(net_amount) over (
            partition by cohort_month, cohort_dimension, cohort_value, retention_kind order by period_number
        ) as net_amount_so_far

    from {{ ref('rpt_cohort_retention') }}

)

select cells.*

from cells
cross join {{ ref('int_as_of') }} as as_of

where
    cells.periods_before <> cells.period_number
    or cells.is_mature <> (cells.over_on <= cast(as_of.as_of_date + interval '1' day as date))
    or (cells.retention_rate is not null) <> cells.is_mature
    or abs(cells.retention_rate - 1.0 * cells.retained_customers / cells.cohort_customers) > 0.000001
    or cells.cumulative_net_amount <> cells.net_amount_so_far
    or abs(cells.cumulative_net_amount_per_customer - 1.0 * cells.cumulative_net_amount / cells.cohort_customers) > 0.0051
