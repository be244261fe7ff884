-- A date column is a day: a time of day or offset after it does not change it. An invalid date is null.
with cases as (

    select '2024-05-01' as given, cast('2024-05-01' as date) as expected
    union all select '2024/5/1', cast('2024-05-01' as date)
    union all select '2024-02-29', cast('2024-02-29' as date)
    union all select '2024-12-31 23:59:59', cast('2024-12-31' as date)
    union all select '2024-05-01T23:30:00-08:00', cast('2024-05-01' as date)
    union all select '2024-05-01T00:30:00+08:00', cast('2024-05-01' as date)
    union all select '2024-05-01 23:30:00 UTC', cast('2024-05-01' as date)
    union all select '2024/5/1t23:30:00z', cast('2024-05-01' as date)
    union all select '2024-5-1t1:30', cast('2024-05-01' as date)
    union all select '2024-05-01T23:30:00-08:00[America/Los_Angeles]', cast('2024-05-01' as date)
    union all select '2023-02-29', null
    union all select '2024-02-30', null
    union all select '2024-04-31', null
    union all select '2024-13-01', null
    union all select '2024-05-00', null
    union all select '01/05/2024', null
    union all select '2024-05', null
    union all select '2024-05-01x', null
    union all select 'infinity', null
    union all select 'today', null
    union all select cast(null as {{ dbt.type_string() }}), null

),

read as (

    select
        cases.*,
        {{ read_date('given') }} as actual

    from cases

)

select * from read where actual is distinct from expected
