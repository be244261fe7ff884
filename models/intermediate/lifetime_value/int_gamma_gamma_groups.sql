with snapshot_dates as (

    select snapshot_date from {{ ref('int_snapshot_dates') }}
    where is_scored

),

final as (

    select
        snapshot_dates.snapshot_date as trained_through,
        customers.paid_repeat_days as repeat_days,
        customers.repeat_amount,
        count(*) as customers

    from {{ ref('int_order_features') }} as customers
    inner join snapshot_dates on customers.snapshot_date = snapshot_dates.snapshot_date

    where customers.paid_repeat_days > 0

    group by snapshot_dates.snapshot_date, customers.paid_repeat_days, customers.repeat_amount

)

select * from final
