with snapshot_dates as (

    select * from {{ ref('int_rfm_snapshot_dates') }}

),

changes as (

    select * from {{ ref('int_customer_rfm_changes') }}

),

customers as (

    select
        customer_id,
        min(snapshot_month) as first_month

    from changes

    group by customer_id

),

customer_months as (

    select
        customers.customer_id,
        snapshot_dates.snapshot_month,
        snapshot_dates.snapshot_date,
        snapshot_dates.is_complete_month,
        snapshot_dates.is_as_of_date

    from customers
    inner join snapshot_dates on customers.first_month <= snapshot_dates.snapshot_month

),

running as (

    select
        customer_months.*,
        max(changes.last_order_date) over so_far as last_order_date,
        sum(changes.frequency_change) over so_far as frequency,
        sum(changes.monetary_change) over so_far as monetary_amount

    from customer_months
    left join changes
        on
            customer_months.customer_id = changes.customer_id
            and customer_months.snapshot_month = changes.snapshot_month

    window so_far as (
        partition by customer_months.customer_id
        order by customer_months.snapshot_month
        rows between unbounded preceding and current row
    )

),

final as (

    select
        customer_id,
        snapshot_month,
        snapshot_date,
        is_complete_month,
        is_as_of_date,
        {{ dbt.datediff('last_order_date', 'snapshot_date', 'day') }} as recency_days,
        cast(frequency as integer) as frequency,
        cast(monetary_amount as numeric(18, 2)) as monetary_amount

    from running

)

select * from final
