with snapshot_dates as (

    select
        snapshot_date,
        is_as_of,
        is_scored

    from {{ ref('int_snapshot_dates') }}

    where is_scored or label_through is not null

),

-- the filter of int_purchases, repeated here to keep the DAG one model shorter
purchases as (

    select * from {{ ref('int_orders') }}

    where order_number is not null

),

customers as (

    select
        customer_id,
        min(known_date) as first_known_date,
        row_number() over (order by md5(customer_id), {{ binary_collation('customer_id') }}) as shuffled_number

    from purchases

    group by customer_id

),

-- more customers do not improve a model of two dozen parameters; later customers must not change the sample
customers_by_date as (

    select
        snapshot_dates.*,
        customers.customer_id,
        row_number() over (partition by snapshot_dates.snapshot_date order by customers.shuffled_number)
        <= {{ var('model_sample_customers') }} as is_in_sample

    from customers
    inner join snapshot_dates on customers.first_known_date <= snapshot_dates.snapshot_date

),

-- a refund by status only has no date, so past dates exclude it
dated_refunds as (

    select
        refunds.order_id,
        snapshot_dates.snapshot_date,
        sum(refunds.refunded_amount) as refunded_amount

    from {{ ref('int_refunds_counted') }} as refunds
    inner join snapshot_dates on refunds.refund_date <= snapshot_dates.snapshot_date

    where refunds.has_own_day

    group by refunds.order_id, snapshot_dates.snapshot_date

),

known as (

    select
        customers.snapshot_date,
        customers.is_as_of,
        customers.is_scored,
        customers.is_in_sample,
        purchases.customer_id,
        purchases.order_id,
        purchases.ordered_at,
        purchases.order_date,
        purchases.goods_amount,
        case
            when customers.is_as_of then purchases.refunded_amount else coalesce(dated_refunds.refunded_amount, 0)
        end as refunded_amount,
        lag(purchases.order_date) over (
            partition by customers.snapshot_date, purchases.customer_id
            order by purchases.order_date, purchases.ordered_at, {{ binary_collation('purchases.order_id') }}
        ) as previous_order_date

    from customers_by_date as customers
    inner join purchases
        on customers.customer_id = purchases.customer_id and customers.snapshot_date >= purchases.known_date
    left join dated_refunds
        on purchases.order_id = dated_refunds.order_id and customers.snapshot_date = dated_refunds.snapshot_date

    where customers.is_in_sample or customers.is_scored

),

final as (

    select
        snapshot_date,
        is_as_of,
        is_scored,
        is_in_sample,
        customer_id,
        order_id,
        ordered_at,
        order_date,
        coalesce(previous_order_date < order_date, true) as is_first_of_day,
        nullif({{ dbt.datediff('previous_order_date', 'order_date', 'day') }}, 0) as gap_days,
        dense_rank() over (partition by snapshot_date, customer_id order by order_date) as day_number,
        {{ dbt.datediff('order_date', 'snapshot_date', 'day') }} as age_days,
        cast(refunded_amount as numeric(18, 2)) as refunded_amount,
        cast(goods_amount - refunded_amount as numeric(18, 2)) as net_amount

    from known

)

select * from final
