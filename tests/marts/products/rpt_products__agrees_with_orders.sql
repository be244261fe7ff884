-- Products add up to the shop's net sales.
with products as (

    select coalesce(sum(net_amount), 0) as net_amount from {{ ref('rpt_products') }}

),

orders as (

    select coalesce(sum(net_amount), 0) as net_amount from {{ ref('fct_orders') }}

)

select
    products.net_amount as product_net_amount,
    orders.net_amount as order_net_amount

from products
cross join orders

where products.net_amount <> orders.net_amount
