with order_days as (

    select
        cutoff_date,
        customer_id,
        order_date,
        sum(net_amount) as net_amount

    from {{ ref('int_cutoff_purchases') }}

    group by cutoff_date, customer_id, order_date

),

numbered as (

    select
        order_days.*,
        row_number() over customer_days as day_number,
        lag(order_date) over customer_days as previous_order_date

    from order_days

    window customer_days as (partition by cutoff_date, customer_id order by order_date)

),

final as (

    select
        cutoff_date,
        customer_id,
        order_date,
        day_number,
        {{ dbt.datediff('previous_order_date', 'order_date', 'day') }} as gap_days,
        cast(net_amount as numeric(18, 2)) as net_amount

    from numbered

)

select * from final
