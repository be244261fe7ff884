with recursive as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

first_order as (

    select min(known_date) as first_date from {{ ref('int_purchases') }}

),

months as (

    select cast(date_trunc('month', first_date) as date) as snapshot_month
    from first_order
    where first_date is not null

    union all

    select cast(months.snapshot_month + interval '1' month as date) as snapshot_month
    from months
    cross join as_of
    where cast(months.snapshot_month + interval '1' month as date) <= as_of.as_of_date

),

month_ends as (

    select
        snapshot_month,
        cast(snapshot_month + interval '1' month - interval '1' day as date) as month_end

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
