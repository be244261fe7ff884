with purchases as (

    select
        customer_id,
        order_id,
        is_first_order,
        order_date,
        min(order_date) over (partition by customer_id) as first_order_date

    from {{ ref('int_orders') }}

    where order_number is not null

),

customers as (

    select
        purchases.customer_id,
        max(case when purchases.is_first_order then purchases.order_id end) as order_id,
        {{ dbt.datediff('min(purchases.first_order_date)', 'max(as_of.as_of_date)', 'day') }} as observed_days,
        {{ dbt.datediff(
            'min(purchases.first_order_date)',
            'min(case when purchases.order_date > purchases.first_order_date then purchases.order_date end)',
            'day'
        ) }} as days_to_second_order

    from purchases
    cross join {{ ref('int_as_of') }} as as_of

    group by purchases.customer_id

),

final as (

    select
        customers.customer_id,
        customers.order_id,
        coalesce(customers.days_to_second_order <= thresholds.first_repeat_days, false) as has_repeated

    from customers
    inner join {{ ref('product_thresholds') }} as thresholds on customers.observed_days >= thresholds.first_repeat_days

)

select * from final
