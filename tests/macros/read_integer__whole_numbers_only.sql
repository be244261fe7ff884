-- Whole numbers are read, including 2.0. A fraction is not rounded; it makes the value unreadable.
with cases as (

    select '2' as given, cast(2 as bigint) as expected
    union all select '2.0', 2
    union all select '5.', 5
    union all select '-3', -3
    union all select '+4', 4
    union all select '0012', 12
    union all select '9999999999', 9999999999
    union all select '2.7', null
    union all select '2.5', null
    union all select '1e3', null
    union all select '1_000', null
    union all select '1,000', null
    union all select 'infinity', null
    union all select 'NaN', null
    union all select 'two', null
    union all select cast(null as {{ dbt.type_string() }}), null

),

read as (

    select
        cases.*,
        {{ read_integer('given') }} as actual

    from cases

)

select * from read where actual is distinct from expected
