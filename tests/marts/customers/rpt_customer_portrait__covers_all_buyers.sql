-- Each attribute of the profile covers the same customers, orders and net sales: those of the RFM window.
with buyers as (

    select
        count(*) as customers,
        sum(frequency) as orders,
        sum(monetary_amount) as net_amount

    from {{ ref('fct_customer_rfm') }}

    where frequency > 0

),

attributes as (

    select
        attribute,
        max(all_customers) as all_customers,
        sum(customers) as customers,
        sum(orders) as orders,
        sum(net_amount) as net_amount

    from {{ ref('rpt_customer_portrait') }}

    group by attribute

)

select attributes.*

from attributes
cross join buyers

where
    attributes.customers <> buyers.customers
    or attributes.all_customers <> buyers.customers
    or attributes.orders <> buyers.orders
    or attributes.net_amount <> buyers.net_amount
