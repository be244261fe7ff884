-- one row per person, with the address of the latest order
select
    customers.customer_unique_id as customer_id,
    customers.customer_state as region,
    customers.customer_city as city
from customers_dataset as customers
left join orders_dataset as orders on customers.customer_id = orders.customer_id
qualify
    row_number() over (
        partition by customers.customer_unique_id
        order by orders.order_purchase_timestamp desc nulls last, customers.customer_id
    ) = 1
order by customers.customer_unique_id
