with purchases as (

    select
        customer_id,
        net_amount,
        cast(date_trunc('month', order_date) as date) as month

    from {{ ref('int_purchases') }}

),

customer_months as (

    select
        customer_id,
        month,
        count(*) as orders,
        sum(net_amount) as net_amount

    from purchases

    group by customer_id, month

),

neighbours as (

    select
        customer_months.*,
        lag(month) over (partition by customer_id order by month) as previous_month,
        lead(month) over (partition by customer_id order by month) as next_month

    from customer_months

),

final as (

    select
        customer_id,
        month,
        orders,
        net_amount,
        next_month,
        case
            when previous_month is null then 'new'
            when previous_month = cast(month - interval '1' month as date) then 'retained'
            else 'resurrected'
        end as activity

    from neighbours

)

select * from final
