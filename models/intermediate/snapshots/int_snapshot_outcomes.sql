with snapshot_dates as (

    select
        snapshot_date,
        label_through

    from {{ ref('int_snapshot_dates') }}

    where label_through is not null

),

customers as (

    select
        members.snapshot_date,
        members.customer_id,
        members.is_in_sample,
        snapshot_dates.label_through

    from {{ ref('int_order_features') }} as members
    inner join snapshot_dates on members.snapshot_date = snapshot_dates.snapshot_date

),

-- limited to what was known at the end of the horizon, so that a fit as of a past day matches the fit of that day
later_purchases as (

    select
        snapshot_dates.snapshot_date,
        purchases.customer_id,
        count(distinct purchases.order_date) as order_days,
        sum(purchases.net_amount) as net_amount

    from {{ ref('int_purchases') }} as purchases
    inner join snapshot_dates
        on
            purchases.order_date > snapshot_dates.snapshot_date
            and purchases.order_date <= snapshot_dates.label_through
            and purchases.known_date <= snapshot_dates.label_through

    group by snapshot_dates.snapshot_date, purchases.customer_id

),

final as (

    select
        customers.snapshot_date,
        customers.label_through,
        customers.customer_id,
        customers.is_in_sample,
        cast(coalesce(later_purchases.order_days, 0) as integer) as order_days,
        cast(coalesce(later_purchases.net_amount, 0) as numeric(18, 2)) as net_amount,
        later_purchases.customer_id is null as churned

    from customers
    left join later_purchases
        on customers.snapshot_date = later_purchases.snapshot_date and customers.customer_id = later_purchases.customer_id

)

select * from final
