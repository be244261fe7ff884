-- The percentiles contain every customer of the window once, sum to all net sales, and decrease in value.
with buyers as (

    select
        count(*) as customers,
        sum(monetary_amount) as net_amount

    from {{ ref('fct_customer_rfm') }}

    where frequency > 0

),

percentiles as (

    select
        pareto.*,
        sum(pareto.customers) over () as all_customers,
        sum(pareto.net_amount) over () as all_net_amount,
        max(pareto.cumulative_net_amount) over () as last_cumulative_net_amount,
        lag(pareto.net_amount) over (order by pareto.customer_percentile) as better_net_amount,
        lag(pareto.customers) over (order by pareto.customer_percentile) as better_customers

    from {{ ref('rpt_pareto') }} as pareto

)

select
    percentiles.customer_percentile,
    percentiles.customers,
    percentiles.net_amount,
    percentiles.all_customers,
    percentiles.all_net_amount,
    percentiles.last_cumulative_net_amount

from percentiles
cross join buyers

where
    percentiles.all_customers <> buyers.customers
    or percentiles.all_net_amount <> buyers.net_amount
    or percentiles.total_net_amount <> buyers.net_amount
    or percentiles.last_cumulative_net_amount <> buyers.net_amount
    -- average per customer, which must not exceed that of the previous percentile
    or percentiles.net_amount * percentiles.better_customers > percentiles.better_net_amount * percentiles.customers
