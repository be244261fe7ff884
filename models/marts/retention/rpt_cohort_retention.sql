with activity as (

    select * from {{ ref('int_cohort_activity') }}

),

cohorts as (

    select
        cohort_month,
        cohort_dimension,
        cohort_value,
        customers as cohort_customers

    from activity

    where retention_kind = 'calendar_month' and period_number = 0

),

cells as (

    select
        cohorts.cohort_month,
        cohorts.cohort_dimension,
        cohorts.cohort_value,
        cohorts.cohort_customers,
        periods.retention_kind,
        periods.period_number,
        periods.is_mature,
        coalesce(activity.customers, 0) as customers,
        coalesce(activity.net_amount, 0) as net_amount

    from cohorts
    inner join {{ ref('int_cohort_periods') }} as periods on cohorts.cohort_month = periods.cohort_month
    left join activity
        on
            cohorts.cohort_month = activity.cohort_month
            and cohorts.cohort_dimension = activity.cohort_dimension
            and cohorts.cohort_value = activity.cohort_value
            and periods.retention_kind = activity.retention_kind
            and periods.period_number = activity.period_number

),

summed as (

    select
        cells.*,
        sum(customers) over (
            partition by cohort_month, cohort_dimension, cohort_value, retention_kind order by period_number desc
        ) as customers_from_here_on,
        sum(net_amount) over (
            partition by cohort_month, cohort_dimension, cohort_value, retention_kind order by period_number
        ) as cumulative_net_amount

    from cells

),

counted as (

    select
        summed.*,
        case when retention_kind = 'on_or_after' then customers_from_here_on else customers end as retained_customers

    from summed

),

labels as (

    select * from {{ ref('labels') }}
    where code_type in ('cohort_dimension', 'retention_kind')

),

final as (

    select
        counted.cohort_month,
        counted.cohort_dimension,
        dimension_labels.label_en as cohort_dimension_en,
        dimension_labels.label_zh as cohort_dimension_zh,
        counted.cohort_value,
        counted.retention_kind,
        kind_labels.label_en as retention_kind_en,
        kind_labels.label_zh as retention_kind_zh,
        cast(counted.period_number as integer) as period_number,
        counted.is_mature,
        cast(counted.cohort_customers as bigint) as cohort_customers,
        cast(counted.retained_customers as bigint) as retained_customers,
        case
            when counted.is_mature then {{ share('counted.retained_customers', 'counted.cohort_customers') }}
        end as retention_rate,
        cast(counted.net_amount as numeric(18, 2)) as net_amount,
        cast(counted.cumulative_net_amount as numeric(18, 2)) as cumulative_net_amount,
        {{ mean_amount('counted.cumulative_net_amount', 'counted.cohort_customers') }} as cumulative_net_amount_per_customer

    from counted
    left join labels as dimension_labels
        on dimension_labels.code_type = 'cohort_dimension' and counted.cohort_dimension = dimension_labels.code
    left join labels as kind_labels
        on kind_labels.code_type = 'retention_kind' and counted.retention_kind = kind_labels.code

)

select * from final
