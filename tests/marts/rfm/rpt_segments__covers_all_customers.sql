-- Each scheme covers all customers and all net sales, and every segment of the seed has a row.
with customers as (

    select
        count(*) as customers,
        coalesce(sum(frequency), 0) as orders,
        coalesce(sum(monetary_amount), 0) as net_amount

    from {{ ref('fct_customer_rfm') }}

),

schemes as (

    select
        scheme,
        sum(customers) as customers,
        sum(orders) as orders,
        sum(net_amount) as net_amount

    from {{ ref('rpt_segments') }}

    group by scheme

),

missing_segments as (

    select distinct
        rules.scheme,
        rules.segment

    from {{ ref('rfm_segments') }} as rules
    left join {{ ref('rpt_segments') }} as segments
        on rules.scheme = segments.scheme and rules.segment = segments.segment

    where segments.segment is null

)

select
    schemes.scheme,
    'all' as segment

from schemes
cross join customers

where
    schemes.customers <> customers.customers
    or schemes.orders <> customers.orders
    or schemes.net_amount <> customers.net_amount

union all

select * from missing_segments
