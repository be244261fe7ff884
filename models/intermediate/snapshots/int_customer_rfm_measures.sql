with snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}

),

purchases as (

    select
        *,
        cast(date_trunc('month', known_date) as date) as known_month,
        cast(order_date + interval '{{ var("rfm_window_days") }}' day as date) as leaves_date

    from {{ ref('int_purchases') }}

),

-- a purchase counts from the month of known_date, a refund from its own month
entries as (

    select
        customer_id,
        known_month as month,
        order_date,
        leaves_date,
        1 as orders,
        goods_amount as amount

    from purchases

    union all

    select
        purchases.customer_id,
        greatest(cast(date_trunc('month', refunds.refund_date) as date), purchases.known_month) as month,
        cast(null as date) as order_date,
        purchases.leaves_date,
        0 as orders,
        -refunds.refunded_amount as amount

    from {{ ref('int_refunds_counted') }} as refunds
    inner join purchases on refunds.order_id = purchases.order_id

),

-- both leave the window with the order; summing changes is cheaper than aggregating all orders every month
changes as (

    select
        customer_id,
        month,
        order_date,
        orders,
        amount

    from entries

    union all

    select
        entries.customer_id,
        greatest(cast(date_trunc('month', entries.leaves_date) as date), entries.month) as month,
        cast(null as date) as order_date,
        -entries.orders as orders,
        -entries.amount as amount

    from entries
    inner join snapshot_dates on snapshot_dates.is_as_of
    -- the last month may be incomplete: orders that leave the window after as_of_date still count
    where entries.leaves_date <= snapshot_dates.snapshot_date

),

monthly_changes as (

    select
        customer_id,
        month,
        max(order_date) as last_order_date,
        sum(orders) as orders,
        sum(amount) as amount

    from changes

    group by customer_id, month

),

-- values of the window from a month with a change until the next one
window_values as (

    select
        customer_id,
        month,
        lead(month) over (partition by customer_id order by month) as next_month,
        max(last_order_date) over so_far as last_order_date,
        sum(orders) over so_far as frequency,
        sum(amount) over so_far as monetary_amount

    from monthly_changes

    window so_far as (partition by customer_id order by month rows between unbounded preceding and current row)

),

final as (

    select
        window_values.customer_id,
        snapshot_dates.snapshot_date,
        snapshot_dates.month,
        snapshot_dates.is_complete_month,
        snapshot_dates.is_as_of,
        snapshot_dates.is_scored,
        {{ dbt.datediff('window_values.last_order_date', 'snapshot_dates.snapshot_date', 'day') }} as recency_days,
        cast(window_values.frequency as integer) as frequency,
        cast(window_values.monetary_amount as numeric(18, 2)) as monetary_amount

    from window_values
    inner join snapshot_dates
        on
            window_values.month <= snapshot_dates.month
            and (window_values.next_month > snapshot_dates.month or window_values.next_month is null)

)

select * from final
