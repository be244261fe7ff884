with orders as (

    select * from {{ ref('int_orders_settled') }}

    where is_valid and customer_id is not null

),

numbered as (

    select
        order_id,
        customer_id,
        ordered_at,
        order_date,
        order_hour,
        known_date,
        channel,
        payment_method,
        paid_amount,
        goods_amount,
        gross_amount,
        refunded_amount,
        net_amount,
        row_number() over (
            partition by customer_id order by ordered_at, {{ byte_order('order_id') }}
        ) as order_number,
        lag(order_date) over (
            partition by customer_id order by ordered_at, {{ byte_order('order_id') }}
        ) as previous_order_date

    from orders

),

final as (

    select
        numbered.*,
        {{ dbt.datediff('previous_order_date', 'order_date', 'day') }} as days_since_previous_order

    from numbered

)

select * from final
