with first_days as (

    select min(order_date) as first_date from {{ ref('fct_orders') }}

    union all

    select min(session_date) as first_date from {{ ref('fct_sessions') }}

),

bounds as (

    select
        min(first_days.first_date) as first_date,
        min(as_of.as_of_date) as as_of_date

    from first_days
    cross join {{ ref('int_as_of') }} as as_of

),

-- complete months, so that monthly marts can join on the first day
days as (

    select
        {{ time_series(
            "cast(date_trunc('month', first_date) as timestamp)", 'cast(as_of_date as timestamp)', 'day'
        ) }} as starts_at

    from bounds

    where first_date is not null

),

final as (

    select
        cast(starts_at as date) as calendar_date,
        cast(date_trunc('week', starts_at) as date) as week,
        cast(date_trunc('month', starts_at) as date) as month,
        cast(date_trunc('quarter', starts_at) as date) as quarter,
        cast(date_trunc('year', starts_at) as date) as year,
        cast({{ weekday_number('starts_at') }} as integer) as weekday_number,
        {{ weekday_name('starts_at') }} as weekday

    from days

)

select * from final
