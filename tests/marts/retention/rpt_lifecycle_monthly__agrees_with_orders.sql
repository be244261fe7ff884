-- Each month has the customers, orders and net sales of fct_orders, its new customers are the cohort of the month, and every
-- person who registered or ordered is acquired once, referred ones as referrals.
with orders as (

    select
        cast(date_trunc('month', order_date) as date) as month,
        count(distinct customer_id) as active,
        sum(case when is_first_order then 1 else 0 end) as new,
        count(*) as orders,
        sum(net_amount) as revenue

    from {{ ref('fct_orders') }}

    where is_valid and customer_id is not null

    group by cast(date_trunc('month', order_date) as date)

),

cohorts as (

    select
        cohort_month,
        cohort_customers

    from {{ ref('rpt_cohort_retention') }}

    where cohort_dimension = 'all' and retention_kind = 'calendar_month' and period_number = 0

),

months as (

    select
        lifecycle.month,
        'month' as error

    from {{ ref('rpt_lifecycle_monthly') }} as lifecycle
    full outer join orders on lifecycle.month = orders.month
    left join cohorts on orders.month = cohorts.cohort_month

    where
        lifecycle.month is null
        or lifecycle.active <> coalesce(orders.active, 0)
        or lifecycle.new <> coalesce(orders.new, 0)
        or lifecycle.new <> coalesce(cohorts.cohort_customers, 0)
        or lifecycle.orders <> coalesce(orders.orders, 0)
        or lifecycle.revenue <> coalesce(orders.revenue, 0)

),

persons as (

    select customer_id
    from {{ ref('dim_customers') }}
    where registered_at is not null

    union

    select customer_id
    from {{ ref('fct_orders') }}
    where customer_id is not null

),

acquired as (

    select
        coalesce(sum(acquired), 0) as acquired,
        sum(referrals) as referrals

    from {{ ref('rpt_lifecycle_monthly') }}

),

known as (

    select
        count(*) as persons,
        nullif(count(case when lower(customers.acquisition_medium) = 'referral' then 1 end), 0) as referred

    from persons
    left join {{ ref('dim_customers') }} as customers on persons.customer_id = customers.customer_id

)

select * from months

union all

select
    cast(null as date) as month,
    'acquired' as error

from acquired
cross join known

where acquired.acquired <> known.persons or acquired.referrals is distinct from known.referred
