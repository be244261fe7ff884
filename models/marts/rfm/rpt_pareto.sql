with customers as (

    select * from {{ ref('int_customer_rfm') }}

    where is_as_of and customer_rank is not null

),

percentiles as (

    select
        customer_percentile,
        count(*) as customers,
        sum(monetary_amount) as net_amount

    from customers

    group by customer_percentile

),

totals as (

    select
        percentiles.*,
        sum(net_amount) over (order by customer_percentile rows between unbounded preceding and current row) as cumulative_net_amount,
        sum(net_amount) over () as total_net_amount

    from percentiles

),

final as (

    select
        cast(customer_percentile as integer) as customer_percentile,
        cast(customers as bigint) as customers,
        cast(net_amount as numeric(18, 2)) as net_amount,
        cast(cumulative_net_amount as numeric(18, 2)) as cumulative_net_amount,
        cast(total_net_amount as numeric(18, 2)) as total_net_amount,
        {{ safe_divide('net_amount', 'total_net_amount') }} as net_amount_share,
        {{ safe_divide('cumulative_net_amount', 'total_net_amount') }} as cumulative_net_amount_share,
        customer_percentile <= 20 as is_top_20

    from totals

)

select * from final
