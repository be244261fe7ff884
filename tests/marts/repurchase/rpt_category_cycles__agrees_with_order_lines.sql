-- Each category has the customers who bought it and the gaps between their order days of it, and every ratio matches its
-- numerator and denominator.
with bought as (

    select distinct
        items.category,
        orders.customer_id,
        orders.order_id,
        orders.order_date

    from {{ ref('fct_order_items') }} as items
    inner join {{ ref('fct_orders') }} as orders on items.order_id = orders.order_id

    where orders.is_valid and orders.customer_id is not null and orders.order_lines > 0

),

customers as (

    select
        category,
        customer_id,
        count(*) as orders,
        count(distinct order_date) as order_days,
        min(order_date) as first_date,
        max(order_date) as last_date

    from bought

    group by category, customer_id

),

categories as (

    select
        category,
        count(*) as customers,
        sum(case when orders >= 2 then 1 else 0 end) as repeat_customers,
        sum(order_days - 1) as gaps,
        sum({{ dbt.datediff('first_date', 'last_date', 'day') }}) as gap_days

    from customers

    group by category

)

select
    categories.category as counted_category,
    categories.customers as counted_customers,
    categories.repeat_customers as counted_repeat_customers,
    categories.gaps as counted_gaps,
    categories.gap_days as counted_gap_days,
    cycles.category,
    cycles.customers,
    cycles.repeat_customers,
    cycles.gaps,
    cycles.gap_days

from {{ ref('rpt_category_cycles') }} as cycles
full outer join categories on cycles.category = categories.category

where
    cycles.customers is distinct from categories.customers
    or cycles.repeat_customers is distinct from categories.repeat_customers
    or cycles.gaps is distinct from categories.gaps
    or cycles.gap_days is distinct from categories.gap_days
    or abs(cycles.repurchase_rate - 1.0 * cycles.repeat_customers / cycles.customers) > 0.000001
    or abs(cycles.high_frequency_share - 1.0 * cycles.high_frequency_customers / cycles.customers) > 0.000001
    or (cycles.mean_gap_days is null) <> (cycles.gaps = 0)
    or abs(cycles.mean_gap_days - 1.0 * cycles.gap_days / nullif(cycles.gaps, 0)) > 0.0051
    or cycles.p25_gap_days > cycles.median_gap_days
    or cycles.median_gap_days > cycles.p75_gap_days
