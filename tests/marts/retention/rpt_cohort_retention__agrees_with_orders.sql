-- Guards that every dimension divides the same customers and the same money, those of the valid orders: each customer is
-- in one cohort, where period 0 holds everyone, and each cent in one period.
with orders as (

    select
        count(distinct customer_id) as customers,
        sum(net_amount) as net_amount

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

)

select
    dimensions.cohort_dimension,
    dimensions.retention_kind,
    dimensions.customers,
    dimensions.customers_of_period_0,
    orders.customers as all_customers,
    dimensions.net_amount,
    orders.net_amount as all_net_amount

from dimensions
cross join orders

where
    dimensions.customers <> orders.customers
    or dimensions.customers_of_period_0 <> orders.customers
    or dimensions.net_amount <> orders.net_amount
