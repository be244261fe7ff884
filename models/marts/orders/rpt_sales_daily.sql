with orders as (

    select * from {{ ref('fct_orders') }}

    where is_valid

),

sales as (

    select
        order_date,
        channel,
        count(*) as orders,
        count(distinct customer_id) as customers,
        sum(case when is_first_order then 1 else 0 end) as new_customers,
        sum(case when customer_id is null then 1 else 0 end) as guest_orders,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(goods_amount) as goods_amount

    from orders

    group by order_date, channel

),

refunds as (

    select
        refunds.refund_date,
        orders.channel,
        sum(refunds.refunded_amount) as refunded_amount

    from {{ ref('int_refunds_counted') }} as refunds
    inner join orders on refunds.order_id = orders.order_id

    group by refunds.refund_date, orders.channel

),

final as (

    select
        coalesce(sales.order_date, refunds.refund_date) as order_date,
        coalesce(sales.channel, refunds.channel) as channel,
        cast(coalesce(sales.orders, 0) as bigint) as orders,
        cast(coalesce(sales.customers, 0) as bigint) as customers,
        cast(coalesce(sales.new_customers, 0) as bigint) as new_customers,
        cast(coalesce(sales.guest_orders, 0) as bigint) as guest_orders,
        cast(coalesce(sales.gross_amount, 0) as numeric(18, 2)) as gross_amount,
        cast(coalesce(sales.discount_amount, 0) as numeric(18, 2)) as discount_amount,
        cast(coalesce(sales.goods_amount, 0) as numeric(18, 2)) as goods_amount,
        cast(coalesce(refunds.refunded_amount, 0) as numeric(18, 2)) as refunded_amount,
        cast(coalesce(sales.goods_amount, 0) - coalesce(refunds.refunded_amount, 0) as numeric(18, 2)) as net_amount

    from sales
    full outer join refunds on sales.order_date = refunds.refund_date and sales.channel = refunds.channel

)

select * from final
