-- Monday is 1 and Sunday 7, with their names.
with cases as (

    select cast('2024-05-06' as date) as day, 1 as expected_number, 'monday' as expected_name
    union all select cast('2024-05-05' as date), 7, 'sunday'
    union all select cast('2024-02-29' as date), 4, 'thursday'
    union all select cast('2000-01-01' as date), 6, 'saturday'
    union all select cast(null as date), null, null

),

named as (

    select
        cases.*,
        {{ weekday_number('day') }} as actual_number,
        {{ weekday_name('day') }} as actual_name

    from cases

)

select * from named
where
    actual_number is distinct from expected_number
    or actual_name is distinct from expected_name
