with days as (

    select * from {{ ref('dim_dates') }}

),

-- the newest week may have days to come
final as (

    select
        week,
        max(calendar_date) as week_end,
        row_number() over (order by week) as week_number

    from days

    group by week

    having max(weekday_number) = 7

)

select * from final
