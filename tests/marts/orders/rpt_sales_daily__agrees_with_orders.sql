-- Daily sales have every purchase on its day and every refund on its own day, so their total equals
-- fct_orders, and each customer is new exactly once.
with orders as (

    select * from {{ ref('fct_orders') }}

    where is_valid

),

measured as (

    select
        order_date,
        channel,
        count(*) as orders,
        count(*) - count(customer_id) as guest_orders,
        sum(case when is_first_order then 1 else 0 end) as new_customers,
        sum(goods_amount) as goods_amount,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        0 as refunded_amount

    from orders

    group by order_date, channel

    union all

    select
        refunds.refund_date as order_date,
        orders.channel,
        0 as orders,
        0 as guest_orders,
        0 as new_customers,
        0 as goods_amount,
        0 as gross_amount,
        0 as discount_amount,
        sum(refunds.refunded_amount) as refunded_amount

    from {{ ref('int_refunds_counted') }} as refunds
    inner join orders on refunds.order_id = orders.order_id

    group by refunds.refund_date, orders.channel

    union all

    select
        order_date,
        channel,
        -orders as orders,
        -guest_orders as guest_orders,
        -new_customers as new_customers,
        -goods_amount as goods_amount,
        -gross_amount as gross_amount,
        -discount_amount as discount_amount,
        -refunded_amount as refunded_amount

    from {{ ref('rpt_sales_daily') }}

),

differing_days as (

    select
        cast(order_date as {{ dbt.type_string() }}) as compared,
        channel

    from measured

    group by order_date, channel

    having
        sum(orders) <> 0
        or sum(guest_orders) <> 0
        or sum(new_customers) <> 0
        or sum(goods_amount) <> 0
        or coalesce(sum(gross_amount), 0) <> 0
        or coalesce(sum(discount_amount), 0) <> 0
        or sum(refunded_amount) <> 0

),

order_totals as (

    select
        coalesce(sum(net_amount), 0) as net_amount,
        count(distinct customer_id) as customers

    from orders

),

daily_totals as (

    select
        coalesce(sum(net_amount), 0) as net_amount,
        coalesce(sum(new_customers), 0) as customers

    from {{ ref('rpt_sales_daily') }}

)

select * from differing_days

union all

select
    'total' as compared,
    cast(null as {{ dbt.type_string() }}) as channel

from order_totals
cross join daily_totals

where order_totals.net_amount <> daily_totals.net_amount or order_totals.customers <> daily_totals.customers
