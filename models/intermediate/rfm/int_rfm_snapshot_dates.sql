with as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

first_order as (

    select min(known_date) as first_date from {{ ref('int_purchases') }}

),

months as (

    select
        {{ time_series(
            "cast(date_trunc('month', first_order.first_date) as timestamp)", 'cast(as_of.as_of_date as timestamp)', 'month'
        ) }} as starts_at

    from first_order
    cross join as_of

    where first_order.first_date is not null

),

month_ends as (

    select
        cast(starts_at as date) as snapshot_month,
        cast(starts_at + interval '1 month' - interval '1 day' as date) as month_end

    from months

),

final as (

    select
        month_ends.snapshot_month,
        least(month_ends.month_end, as_of.as_of_date) as snapshot_date,
        month_ends.month_end <= as_of.as_of_date as is_complete_month,
        month_ends.month_end >= as_of.as_of_date as is_as_of_date

    from month_ends
    cross join as_of

)

select * from final
