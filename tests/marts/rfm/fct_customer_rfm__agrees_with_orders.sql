-- Recency, frequency and amount match the valid orders in the window up to as_of_date. The model
-- sums monthly changes; this test counts order by order.
with orders as (

    select
        orders.customer_id,
        orders.order_date,
        as_of.as_of_date,
        orders.net_amount,
        case
            when orders.order_date > cast(as_of.as_of_date - interval '{{ var("rfm_window_days") }}' day as date) then 1
            else 0
        end as in_window

    from {{ ref('fct_orders') }} as orders
    cross join {{ ref('int_as_of') }} as as_of

    where orders.is_valid and orders.customer_id is not null

),

counted as (

    select
        customer_id,
        as_of_date,
        {{ dbt.datediff('max(order_date)', 'as_of_date', 'day') }} as recency_days,
        sum(in_window) as frequency,
        sum(in_window * net_amount) as monetary_amount

    from orders

    group by customer_id, as_of_date

)

select
    rfm.customer_id,
    counted.customer_id as counted_customer_id,
    rfm.recency_days,
    counted.recency_days as counted_recency_days,
    rfm.frequency,
    counted.frequency as counted_frequency,
    rfm.monetary_amount,
    counted.monetary_amount as counted_monetary_amount

from {{ ref('fct_customer_rfm') }} as rfm
full outer join counted on rfm.customer_id = counted.customer_id

where
    rfm.customer_id is null
    or counted.customer_id is null
    or rfm.as_of_date <> counted.as_of_date
    or rfm.recency_days <> counted.recency_days
    or rfm.frequency <> counted.frequency
    or rfm.monetary_amount <> counted.monetary_amount
