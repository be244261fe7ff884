with first_days as (

    select min(order_date) as first_date from {{ ref('int_orders') }}

    union all

    select min(session_date) as first_date from {{ ref('int_sessions') }}

),

bounds as (

    select
        min(first_days.first_date) as first_date,
        min(as_of.as_of_date) as as_of_date

    from first_days
    cross join {{ ref('int_as_of') }} as as_of

),

weeks as (

    select
        {{ time_series(
            "date_trunc('week', cast(date_trunc('month', first_date) as timestamp))", 'cast(as_of_date as timestamp)', 'week'
        ) }} as starts_at,
        as_of_date

    from bounds

    where first_date is not null

),

final as (

    select
        cast(starts_at as date) as week,
        cast(starts_at + interval '6' day as date) as week_end,
        row_number() over (order by starts_at) as week_number

    from weeks

    where cast(starts_at + interval '6' day as date) <= as_of_date

)

select * from final
