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
series as (

    select
        {{ time_series(
            "cast(date_trunc('month', first_date) as timestamp)", 'cast(as_of_date as timestamp)', 'day'
        ) }} as starts_at

    from bounds

    where first_date is not null

),

days as (

    select
        cast(starts_at as date) as calendar_date,
        cast(date_trunc('week', starts_at) as date) as week,
        -- the ISO year of a week is that of its Thursday
        cast(extract(year from date_trunc('week', starts_at) + interval '3' day) as integer) as iso_year,
        cast(extract(week from starts_at) as integer) as iso_week,
        cast(date_trunc('month', starts_at) as date) as month,
        cast(extract(month from starts_at) as integer) as month_number,
        cast(date_trunc('quarter', starts_at) as date) as quarter,
        cast(extract(quarter from starts_at) as integer) as quarter_number,
        cast(date_trunc('year', starts_at) as date) as year,
        cast({{ weekday_number('starts_at') }} as integer) as weekday_number,
        {{ weekday_name('starts_at') }} as weekday

    from series

),

-- of two shopping days on one date, the more important one
shopping_days as (

    select
        days.calendar_date,
        shopping_days.shopping_day,
        row_number() over (partition by days.calendar_date order by shopping_days.priority) as day_rank

    from days
    inner join {{ ref('shopping_days') }} as shopping_days
        on
            days.month_number = shopping_days.month
            and extract(day from days.calendar_date) between shopping_days.from_day and shopping_days.to_day
            and extract(year from days.calendar_date) = coalesce(shopping_days.year, extract(year from days.calendar_date))
            and days.weekday_number = coalesce(shopping_days.weekday_number, days.weekday_number)

),

final as (

    select
        days.calendar_date,
        days.week,
        days.iso_year,
        days.iso_week,
        days.month,
        days.month_number,
        months.label_en as month_en,
        months.label_zh as month_zh,
        days.quarter,
        days.quarter_number,
        days.year,
        days.weekday_number,
        days.weekday,
        weekdays.label_en as weekday_en,
        weekdays.label_zh as weekday_zh,
        days.weekday_number >= 6 as is_weekend,
        shopping_days.shopping_day,
        festivals.label_en as shopping_day_en,
        festivals.label_zh as shopping_day_zh

    from days
    left join shopping_days on days.calendar_date = shopping_days.calendar_date and shopping_days.day_rank = 1
    left join {{ ref('labels') }} as months
        on months.code_type = 'month' and cast(days.month_number as {{ dbt.type_string() }}) = months.code
    left join {{ ref('labels') }} as weekdays on weekdays.code_type = 'weekday' and days.weekday = weekdays.code
    left join {{ ref('labels') }} as festivals
        on festivals.code_type = 'shopping_day' and shopping_days.shopping_day = festivals.code

)

select * from final
