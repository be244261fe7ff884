-- Which acquisition channels, sources and categories bring customers who still order three months later?
--
-- Run:  dbt show --select which_customers_come_back --limit 60    (with --output json for all columns)
--
-- How to read it: one row per value with at least 30 customers, over the last twelve cohorts whose month 3 is over, so
-- that all have had the same time; the first cohorts of the data, which may contain existing customers, are left out.
-- rate_difference is the difference from the rate of all customers. Sources well below it bring one-time buyers; sources
-- well above it deserve more budget. If discounted first orders bring many customers of whom few return, the discounts
-- attract one-time buyers. net_amount_per_customer includes everything paid by the end of month 3, with the first order:
-- it is an upper limit for the acquisition cost. Differences are associations, not causes: customers of different sources
-- also differ in other ways.
with cells as (

    select * from {{ ref('rpt_cohort_retention') }}

    where retention_kind = 'calendar_month' and period_number in (1, 3)

),

mature_cohorts as (

    select
        cohort_month,
        row_number() over (order by cohort_month desc) as age_rank

    from cells

    where cohort_dimension = 'all' and period_number = 3 and is_mature and is_in_totals

),

summed as (

    select
        cells.cohort_dimension,
        cells.cohort_dimension_en,
        cells.cohort_value,
        sum(case when cells.period_number = 3 then cells.cohort_customers else 0 end) as cohort_customers,
        sum(case when cells.period_number = 1 then cells.retained_customers else 0 end) as month_1_customers,
        sum(case when cells.period_number = 3 then cells.retained_customers else 0 end) as month_3_customers,
        sum(case when cells.period_number = 3 then cells.cumulative_net_amount else 0 end) as net_amount

    from cells
    inner join mature_cohorts on cells.cohort_month = mature_cohorts.cohort_month

    where mature_cohorts.age_rank <= 12

    group by cells.cohort_dimension, cells.cohort_dimension_en, cells.cohort_value

),

all_customers as (

    select
        cohort_customers,
        month_3_customers

    from summed

    where cohort_dimension = 'all'

)

select
    summed.cohort_dimension_en as cohort_dimension,
    summed.cohort_value,
    summed.cohort_customers,
    summed.month_1_customers,
    {{ safe_divide('summed.month_1_customers', 'summed.cohort_customers') }} as month_1_rate,
    summed.month_3_customers,
    {{ safe_divide('summed.month_3_customers', 'summed.cohort_customers') }} as month_3_rate,
    {{ safe_divide('summed.month_3_customers', 'summed.cohort_customers') }}
    - {{ safe_divide('all_customers.month_3_customers', 'all_customers.cohort_customers') }} as rate_difference,
    {{ average_amount('summed.net_amount', 'summed.cohort_customers') }} as net_amount_per_customer

from summed
cross join all_customers

where summed.cohort_customers >= 30

order by
    case when summed.cohort_dimension = 'all' then 0 else 1 end asc,
    cohort_dimension asc,
    rate_difference desc,
    summed.cohort_value asc
