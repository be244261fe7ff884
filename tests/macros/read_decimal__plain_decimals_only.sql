-- Plain decimals with sign and decimal point are read, rounded to four places. Anything else is null and never fails the run.
with cases as (

    select '12.50' as given, cast(12.5 as numeric(18, 4)) as expected
    union all select '+1', 1
    union all select '-0.01', -0.01
    union all select '.5', 0.5
    union all select '5.', 5
    union all select '007', 7
    union all select '0.12345', 0.1235
    union all select '9999999999999', 9999999999999
    union all select '99999999999999', null
    union all select 'NaN', null
    union all select 'infinity', null
    union all select '1e5', null
    union all select '1_000', null
    union all select '1,234.50', null
    union all select '1.2.3', null
    union all select '--1', null
    union all select '-', null
    union all select '.', null
    union all select '0x1F', null
    union all select '12 34', null
    union all select '¥12', null
    union all select '１２', null
    union all select 'twelve', null
    union all select cast(null as {{ dbt.type_string() }}), null

),

read as (

    select
        cases.*,
        {{ read_decimal('given') }} as actual

    from cases

)

select * from read where actual is distinct from expected
