with periods as (

    select * from {{ ref('int_cohort_retention') }}

),

-- a customer ordered in or after a month if their last month with an order is that month or later
kinds as (

    select
        cohort_month,
        is_left_truncated,
        dimension,
        dimension_value,
        retention_kind,
        period_number,
        is_mature,
        is_in_totals,
        cohort_customers,
        retained_customers,
        net_amount

    from periods

    union all

    select
        cohort_month,
        is_left_truncated,
        dimension,
        dimension_value,
        'on_or_after' as retention_kind,
        period_number,
        is_mature,
        is_in_totals,
        cohort_customers,
        sum(last_seen_customers) over (
            partition by cohort_month, dimension, dimension_value order by period_number desc
        ) as retained_customers,
        net_amount

    from periods

    where retention_kind = 'calendar_month'

),

summed as (

    select
        kinds.*,
        sum(net_amount) over (
            partition by cohort_month, dimension, dimension_value, retention_kind order by period_number
        ) as cumulative_net_amount

    from kinds

),

labels as (

    select * from {{ ref('labels') }}

),

pools as (

    select distinct
        dimension,
        pooled_values

    from {{ ref('int_pooled_values') }}

),

final as (

    select
        summed.cohort_month,
        summed.is_left_truncated,
        summed.dimension as cohort_dimension,
        dimension_labels.label_en as cohort_dimension_en,
        dimension_labels.label_zh as cohort_dimension_zh,
        summed.dimension_value as cohort_value,
        cast(pools.pooled_values as integer) as pooled_values,
        summed.retention_kind,
        kind_labels.label_en as retention_kind_en,
        kind_labels.label_zh as retention_kind_zh,
        cast(summed.period_number as integer) as period_number,
        summed.is_mature,
        summed.is_in_totals,
        cast(summed.cohort_customers as bigint) as cohort_customers,
        cast(summed.retained_customers as bigint) as retained_customers,
        case
            when summed.is_mature then {{ safe_divide('summed.retained_customers', 'summed.cohort_customers') }}
        end as retention_rate,
        cast(summed.net_amount as numeric(18, 2)) as net_amount,
        cast(summed.cumulative_net_amount as numeric(18, 2)) as cumulative_net_amount,
        {{ average_amount('summed.cumulative_net_amount', 'summed.cohort_customers') }} as cumulative_net_amount_per_customer

    from summed
    left join pools on summed.dimension = pools.dimension and summed.dimension_value = 'other'
    left join labels as dimension_labels
        on dimension_labels.code_type = 'cohort_dimension' and summed.dimension = dimension_labels.code
    left join labels as kind_labels
        on kind_labels.code_type = 'retention_kind' and summed.retention_kind = kind_labels.code

)

select * from final
