-- Every customer has a row in every complete month since the first order, with what was known at the end of the month: orders
-- of the window minus refunds by then. The test computes each month on its own.
with months as (

    select
        month,
        snapshot_date as month_end,
        cast(snapshot_date - interval '{{ var("rfm_window_days") }}' day as date) as window_start

    from {{ ref('int_snapshot_dates') }}

    where is_complete_month

),

purchases as (

    select
        months.month,
        months.month_end,
        purchases.customer_id,
        purchases.order_id,
        purchases.order_date,
        purchases.goods_amount,
        case when purchases.order_date > months.window_start then 1 else 0 end as in_window

    from {{ ref('int_purchases') }} as purchases
    inner join months on purchases.known_date <= months.month_end

),

refunds as (

    select
        purchases.month,
        purchases.order_id,
        sum(refunds.refunded_amount) as refunded_amount

    from purchases
    inner join {{ ref('int_refunds_counted') }} as refunds
        on purchases.order_id = refunds.order_id and purchases.month_end >= refunds.refund_date

    group by purchases.month, purchases.order_id

),

counted as (

    select
        purchases.month,
        purchases.month_end,
        purchases.customer_id,
        {{ dbt.datediff('max(purchases.order_date)', 'purchases.month_end', 'day') }} as recency_days,
        sum(purchases.in_window) as frequency,
        sum(purchases.in_window * (purchases.goods_amount - coalesce(refunds.refunded_amount, 0))) as monetary_amount

    from purchases
    left join refunds on purchases.month = refunds.month and purchases.order_id = refunds.order_id

    group by purchases.month, purchases.month_end, purchases.customer_id

)

select
    monthly.customer_id,
    monthly.month,
    counted.customer_id as counted_customer_id,
    counted.month as counted_month,
    monthly.recency_days,
    counted.recency_days as counted_recency_days,
    monthly.frequency,
    counted.frequency as counted_frequency,
    monthly.monetary_amount,
    counted.monetary_amount as counted_monetary_amount

from {{ ref('fct_customer_rfm_monthly') }} as monthly
full outer join counted on monthly.customer_id = counted.customer_id and monthly.month = counted.month

where
    monthly.customer_id is null
    or counted.customer_id is null
    or monthly.as_of_date <> counted.month_end
    or monthly.recency_days <> counted.recency_days
    or monthly.frequency <> counted.frequency
    or monthly.monetary_amount <> counted.monetary_amount
