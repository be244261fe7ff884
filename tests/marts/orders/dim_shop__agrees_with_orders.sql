-- dim_shop has one row, with the first and last day of the published orders and the currency that needs no exchange
-- rate.
with orders as (

    select
        min(orders.order_date) as first_date,
        max(orders.order_date) as last_date,
        count(case when orders.currency = shop.reporting_currency and orders.exchange_rate <> 1 then 1 end) as converted_orders

    from {{ ref('int_orders') }} as orders
    cross join {{ ref('dim_shop') }} as shop

)

select
    shop.orders_first_date,
    shop.orders_last_date,
    orders.first_date,
    orders.last_date,
    orders.converted_orders

from orders
left join {{ ref('dim_shop') }} as shop on true

where
    shop.orders_first_date is distinct from orders.first_date
    or shop.orders_last_date is distinct from orders.last_date
    or shop.orders_last_date > shop.as_of_date
    or orders.converted_orders > 0
