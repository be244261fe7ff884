-- An amount times its rate is exact and rounded half up to cents: 10.01 x 7.5 is 75.075.
with cases as (

    select
        cast(10.01 as numeric(18, 4)) as amount,
        cast(7.5 as numeric(18, 8)) as exchange_rate,
        cast(75.08 as numeric(18, 2)) as expected
    union all select 0.33, 7.5, 2.48
    union all select 0.01, 0.5, 0.01
    union all select 0.01, 0.49, 0
    union all select 1.0049, 1, 1
    union all select 1.005, 1, 1.01
    union all select 1000000000, 7.12345678, 7123456780
    union all select 10, null, null
    union all select null, 7.5, null

),

converted as (

    select
        cases.*,
        {{ to_reporting('amount') }} as actual

    from cases

)

select * from converted where actual is distinct from expected
