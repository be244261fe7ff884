-- Guards that the curve of all begins with every order day of every customer, and that its repurchases are the gaps up to
-- 365 days; those of the order numbers and channels add up to the same days.
with order_days as (

    select
        count(*) as order_days,
        count(case when day_number <= 5 then 1 end) as first_five,
        count(case when gap_days <= 365 then 1 end) as repurchases

    from {{ ref('int_order_days') }}

),

curves as (

    select
        group_by,
        sum(case when day = 0 then customers_at_risk else 0 end) as customers_at_risk,
        sum(repurchases) as repurchases

    from {{ ref('rpt_repurchase_curve') }}

    group by group_by

)

select
    curves.group_by,
    curves.customers_at_risk,
    curves.repurchases,
    order_days.order_days,
    order_days.first_five,
    order_days.repurchases as counted_repurchases

from curves
cross join order_days

where
    (curves.group_by in ('all', 'channel') and curves.customers_at_risk <> order_days.order_days)
    or (curves.group_by in ('all', 'channel') and curves.repurchases <> order_days.repurchases)
    or (curves.group_by = 'order_number' and curves.customers_at_risk <> order_days.first_five)
