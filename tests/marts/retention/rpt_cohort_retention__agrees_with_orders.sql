-- Every dimension exists for every retention kind and covers all customers and net sales of valid orders: each customer is
-- in one cohort, period 0 has the whole cohort, and each cent is in one period.
with orders as (

    select
        count(distinct customer_id) as customers,
        coalesce(sum(net_amount), 0) as net_amount

    from {{ ref('fct_orders') }}

    where is_valid and customer_id is not null

),

dimensions as (

    select
        cohort_dimension,
        retention_kind,
        sum(case when period_number = 0 then cohort_customers else 0 end) as customers,
        sum(case when period_number = 0 then retained_customers else 0 end) as customers_of_period_0,
        sum(net_amount) as net_amount

    from {{ ref('rpt_cohort_retention') }}

    group by cohort_dimension, retention_kind

),

codes as (

    select
        dimension_labels.code as cohort_dimension,
        kind_labels.code as retention_kind

    from {{ ref('labels') }} as dimension_labels
    cross join {{ ref('labels') }} as kind_labels

    where dimension_labels.code_type = 'cohort_dimension' and kind_labels.code_type = 'retention_kind'

)

select
    codes.cohort_dimension,
    codes.retention_kind,
    dimensions.customers,
    dimensions.customers_of_period_0,
    orders.customers as all_customers,
    dimensions.net_amount,
    orders.net_amount as all_net_amount

from codes
cross join orders
left join dimensions
    on codes.cohort_dimension = dimensions.cohort_dimension and codes.retention_kind = dimensions.retention_kind

where
    coalesce(dimensions.customers, 0) <> orders.customers
    or coalesce(dimensions.customers_of_period_0, 0) <> orders.customers
    or coalesce(dimensions.net_amount, 0) <> orders.net_amount
