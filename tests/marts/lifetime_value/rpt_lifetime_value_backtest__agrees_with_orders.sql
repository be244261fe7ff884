-- The backtest has the orders within the horizon of customers known on its snapshot date, and the shares of the top 10% match
-- their numerators and denominators.
with results as (

    select * from {{ ref('rpt_lifetime_value_backtest') }}

),

known as (

    select
        customer_id,
        min(known_date) as first_known_date

    from {{ ref('int_purchases') }}

    group by customer_id

),

customers as (

    select
        results.measure,
        count(*) as customers

    from results
    inner join known on results.cutoff_date >= known.first_known_date

    group by results.measure

),

order_days as (

    select
        results.measure,
        purchases.customer_id,
        purchases.order_date,
        sum(purchases.net_amount) as net_amount

    from results
    inner join known on results.cutoff_date >= known.first_known_date
    inner join {{ ref('int_purchases') }} as purchases
        on
            known.customer_id = purchases.customer_id
            and results.cutoff_date < purchases.order_date
            and purchases.order_date <= cast(results.cutoff_date + interval '{{ var("churn_horizon_days") }}' day as date)
            and purchases.known_date <= cast(results.cutoff_date + interval '{{ var("churn_horizon_days") }}' day as date)

    group by results.measure, purchases.customer_id, purchases.order_date

),

actual as (

    select
        measure,
        sum(case when measure = 'orders' then 1 else net_amount end) as total

    from order_days

    group by measure

)

select
    results.measure,
    results.customers,
    customers.customers as counted_customers,
    results.actual_total,
    actual.total as counted_total

from results
left join customers on results.measure = customers.measure
left join actual on results.measure = actual.measure

where
    results.customers is distinct from customers.customers
    or results.actual_total <> coalesce(actual.total, 0)
    or results.top_decile_total > results.actual_total
    or results.naive_top_decile_total > results.actual_total
    or (results.top_decile_share is null) <> (results.actual_total = 0)
    or abs(results.top_decile_share - results.top_decile_total / nullif(results.actual_total, 0)) > 0.000001
    or abs(results.naive_top_decile_share - results.naive_top_decile_total / nullif(results.actual_total, 0)) > 0.000001
    or not coalesce(results.correlation between -1 and 1, true)
    or not coalesce(results.naive_correlation between -1 and 1, true)
