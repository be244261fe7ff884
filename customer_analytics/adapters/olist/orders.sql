-- one row per order; the customer of an order has an id per order, and the person is the unique id
with orders as (

    select *
    from orders_dataset
    qualify file_number = max(file_number) over (partition by order_id)

),

people as (

    select
        customer_id,
        max(customer_unique_id) as customer_unique_id,
        max(customer_state) as customer_state,
        max(customer_city) as customer_city
    from customers_dataset
    group by customer_id

),

payments as (

    select *
    from order_payments_dataset
    qualify file_number = max(file_number) over (partition by order_id, payment_sequential)

),

paid_by_type as (

    select
        order_id,
        payment_type,
        sum(payment_value) as paid_amount,
        min(try_cast(payment_sequential as integer)) as first_payment
    from payments
    group by order_id, payment_type

),

paid as (

    select
        order_id,
        sum(paid_amount) as paid_amount,
        -- an order may be paid with a card and several vouchers: the largest part names the method
        arg_min(payment_type, {'largest_first': -paid_amount, 'first': first_payment}) as payment_method
    from paid_by_type
    group by order_id

),

lines as (

    select *
    from order_items_dataset
    qualify file_number = max(file_number) over (partition by order_id, order_item_id)

),

baskets as (

    select
        order_id,
        sum(price) as goods_amount,
        sum(freight_value) as freight_amount
    from lines
    group by order_id

)

select
    orders.order_id,
    people.customer_unique_id as customer_id,
    orders.order_purchase_timestamp as ordered_at,
    coalesce(paid.paid_amount, baskets.goods_amount + baskets.freight_amount) as paid_amount,
    orders.order_status as status,
    'BRL' as currency,
    baskets.freight_amount as shipping_amount,
    nullif(paid.payment_method, 'not_defined') as payment_method,
    people.customer_state as shipping_region,
    people.customer_city as shipping_city,
    orders.order_approved_at as paid_at,
    orders.order_delivered_carrier_date as shipped_at,
    orders.order_delivered_customer_date as delivered_at
from orders
left join people on orders.customer_id = people.customer_id
left join paid on orders.order_id = paid.order_id
left join baskets on orders.order_id = baskets.order_id
order by ordered_at, orders.order_id
