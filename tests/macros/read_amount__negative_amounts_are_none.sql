-- An optional amount below zero is no amount; zero is one.
with cases as (

    select '12.50' as given, cast(12.5 as numeric(18, 4)) as expected
    union all select '0', 0
    union all select '-0.0001', null
    union all select 'free', null

),

read as (

    select
        cases.*,
        {{ read_amount('given') }} as actual

    from cases

)

select * from read where actual is distinct from expected
