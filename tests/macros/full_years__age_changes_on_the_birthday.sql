-- Whole years are full on the day itself; who is born on 29 February is a year older on 1 March of a common year.
with cases as (

    select
        cast('1999-06-30' as date) as from_date,
        cast('2024-06-29' as date) as to_date,
        24 as expected
    union all select cast('1999-06-30' as date), cast('2024-06-30' as date), 25
    union all select cast('1999-07-01' as date), cast('2024-06-30' as date), 24
    union all select cast('2000-02-29' as date), cast('2018-02-28' as date), 17
    union all select cast('2000-02-29' as date), cast('2018-03-01' as date), 18
    union all select cast('2000-02-29' as date), cast('2020-02-29' as date), 20
    union all select cast('2024-06-30' as date), cast('2024-06-30' as date), 0
    union all select cast('1999-12-31' as date), cast('2000-01-01' as date), 0
    union all select cast(null as date), cast('2024-06-30' as date), null

),

aged as (

    select
        cases.*,
        {{ full_years('from_date', 'to_date') }} as actual

    from cases

)

select * from aged where actual is distinct from expected
