-- The curves of each group start with all their order days, and their repurchases are the gaps up to 365 days: for all and
-- channels, those of every customer; for order numbers, the first five; for categories, those between days on which the
-- category is bought, the pooled ones together.
with order_days as (

    select
        day_number,
        order_date,
        lead(order_date) over (partition by customer_id order by order_date) as next_order_date

    from {{ ref('int_snapshot_purchases') }}

    where is_as_of and is_first_of_day

),

category_days as (

    select distinct
        days.customer_id,
        case when pool.dimension is null then days.category end as shown_category,
        days.order_date

    from {{ ref('int_snapshot_category_days') }} as days
    left join {{ ref('int_pooled_values') }} as pool on pool.dimension = 'category' and days.category = pool.dimension_value

    where days.is_as_of

),

spells as (

    select
        'all' as group_by,
        order_date,
        next_order_date

    from order_days

    union all

    select
        'channel' as group_by,
        order_date,
        next_order_date

    from order_days

    union all

    select
        'order_number' as group_by,
        order_date,
        next_order_date

    from order_days

    where day_number <= 5

    union all

    select
        'category' as group_by,
        order_date,
        lead(order_date) over (partition by customer_id, shown_category order by order_date) as next_order_date

    from category_days

),

expected as (

    select
        group_by,
        count(*) as customers_at_risk,
        count(case when {{ dbt.datediff('order_date', 'next_order_date', 'day') }} <= 365 then 1 end) as repurchases

    from spells

    group by group_by

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
    expected.group_by,
    expected.customers_at_risk as expected_at_risk,
    curves.customers_at_risk,
    expected.repurchases as expected_repurchases,
    curves.repurchases

from expected
left join curves on expected.group_by = curves.group_by

where
    curves.group_by is null
    or curves.customers_at_risk <> expected.customers_at_risk
    or curves.repurchases <> expected.repurchases
