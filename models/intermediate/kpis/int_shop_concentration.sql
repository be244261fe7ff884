with ranked as (

    select * from {{ ref('int_customer_rfm') }}
    where customer_rank is not null

),

totals as (

    select
        count(*) as customers,
        sum(monetary_amount) as net_amount,
        sum(case when customer_percentile <= 20 then monetary_amount else 0 end) as top_20_net_amount,
        sum(customer_rank * monetary_amount) as ranked_net_amount

    from ranked

),

-- Gini coefficient of the sorted amounts, 0 when all customers spend alike: (n + 1 - 2 sum(rank x amount) / sum(amount)) / n
final as (

    select
        top_20_net_amount,
        net_amount,
        (customers + 1) * net_amount - 2 * ranked_net_amount as gini_numerator,
        customers * net_amount as gini_denominator

    from totals

    where customers > 0

)

select * from final
