with snapshot_dates as (

    select snapshot_date from {{ ref('int_snapshot_dates') }}
    where is_scored

),

final as (

    select
        snapshot_dates.snapshot_date as trained_through,
        customers.repeat_days,
        customers.active_days,
        customers.observed_days,
        count(*) as customers

    from {{ ref('int_order_features') }} as customers
    inner join snapshot_dates on customers.snapshot_date = snapshot_dates.snapshot_date

    group by snapshot_dates.snapshot_date, customers.repeat_days, customers.active_days, customers.observed_days

)

select * from final
