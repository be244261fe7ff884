-- Whole numbers of at most 10 digits, or of 18, are read, including 2.0. A fraction is not rounded; it makes the value unreadable.
with cases as (

    select '2' as given, cast(2 as bigint) as expected, cast(2 as bigint) as expected_long
    union all select '2.0', 2, 2
    union all select '5.', 5, 5
    union all select '-3', -3, -3
    union all select '+4', 4, 4
    union all select '0012', 12, 12
    union all select '9999999999', 9999999999, 9999999999
    union all select '10000000000', null, 10000000000
    union all select '13567890123456.0', null, 13567890123456
    union all select '-999999999999999999', null, -999999999999999999
    union all select '0001000000000000000000', null, null
    union all select '2.7', null, null
    union all select '2.5', null, null
    union all select '1e3', null, null
    union all select '1_000', null, null
    union all select '1,000', null, null
    union all select 'infinity', null, null
    union all select 'NaN', null, null
    union all select 'two', null, null
    union all select cast(null as {{ dbt.type_string() }}), null, null

),

read as (

    select
        cases.*,
        {{ read_integer('given') }} as actual,
        {{ read_integer('given', 18) }} as actual_long

    from cases

)

select * from read where actual is distinct from expected or actual_long is distinct from expected_long
