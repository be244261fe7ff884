with order_days as (

    select distinct
        customer_id,
        order_date

    from {{ ref('int_purchases') }}

),

numbered as (

    select
        customer_id,
        order_date,
        row_number() over (partition by customer_id order by order_date) as day_number,
        lag(order_date) over (partition by customer_id order by order_date) as previous_order_date

    from order_days

),

final as (

    select
        numbered.*,
        {{ dbt.datediff('previous_order_date', 'order_date', 'day') }} as gap_days

    from numbered

)

select * from final
