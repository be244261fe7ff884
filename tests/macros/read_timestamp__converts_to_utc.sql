-- Times in ISO 8601 or with slashes are read. An offset is converted, without one it is UTC; a date alone is midnight in the shop.
with cases as (

    select '2024-05-01 10:00:00' as given, cast('2024-05-01 10:00:00' as timestamp) as expected
    union all select '2024-05-01T10:00:00Z', cast('2024-05-01 10:00:00' as timestamp)
    union all select '2024-05-01T10:00:00+08:00', cast('2024-05-01 02:00:00' as timestamp)
    union all select '2024-05-01T02:00:00+08:00', cast('2024-04-30 18:00:00' as timestamp)
    union all select '2024-05-01 10:00:00-0530', cast('2024-05-01 15:30:00' as timestamp)
    union all select '2024-05-01 10:00:00 +08', cast('2024-05-01 02:00:00' as timestamp)
    union all select '2024-05-01T10:00+05:45', cast('2024-05-01 04:15:00' as timestamp)
    union all select '2024/5/1 8:30', cast('2024-05-01 08:30:00' as timestamp)
    union all select '2024-02-29 23:59:59', cast('2024-02-29 23:59:59' as timestamp)
    union all select '2024-05-01 10:00:00.123456', cast('2024-05-01 10:00:00.123456' as timestamp)
    union all select '2024-05-01 10:00:00.123456789', cast('2024-05-01 10:00:00.123456' as timestamp)
    union all select '2024-05-01T10:00:00.5+08:00', cast('2024-05-01 02:00:00.5' as timestamp)
    union all select '2024-05-01', {{ to_utc("cast('2024-05-01 00:00:00' as timestamp)") }}
    union all select '2024/5/1', {{ to_utc("cast('2024-05-01 00:00:00' as timestamp)") }}
    union all select '2023-02-29 10:00:00', null
    union all select '2023-02-29', null
    union all select '2024-05-01 25:00:00', null
    union all select '2024-05-01 10:60:00', null
    union all select '2024-05-01 10:00:00 PST', null
    union all select '10:00:00', null
    union all select '1714557600', null
    union all select 'infinity', null
    union all select 'now', null
    union all select 'epoch', null
    union all select cast(null as {{ dbt.type_string() }}), null

),

read as (

    select
        cases.*,
        {{ read_timestamp('given') }} as actual

    from cases

)

select * from read where actual is distinct from expected
