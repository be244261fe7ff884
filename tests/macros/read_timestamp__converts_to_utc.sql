-- Times in ISO 8601, with slashes or as warehouses write them are read. An offset is converted; a time without one is in
-- input_timezone, a date alone is midnight in the shop.
with cases as (

    select '2024-05-01 10:00:00' as given, {{ to_utc("cast('2024-05-01 10:00:00' as timestamp)", is_raw=true) }} as expected
    union all select '2024-05-01T10:00:00Z', cast('2024-05-01 10:00:00' as timestamp)
    union all select '2024-05-01T10:00:00+08:00', cast('2024-05-01 02:00:00' as timestamp)
    union all select '2024-05-01T02:00:00+08:00', cast('2024-04-30 18:00:00' as timestamp)
    union all select '2024-05-01 10:00:00-0530', cast('2024-05-01 15:30:00' as timestamp)
    union all select '2024-05-01 10:00:00 +08', cast('2024-05-01 02:00:00' as timestamp)
    union all select '2024-05-01T10:00+05:45', cast('2024-05-01 04:15:00' as timestamp)
    union all select '2024/5/1 8:30', {{ to_utc("cast('2024-05-01 08:30:00' as timestamp)", is_raw=true) }}
    union all select '2024-02-29 23:59:59', {{ to_utc("cast('2024-02-29 23:59:59' as timestamp)", is_raw=true) }}
    union all select '2024-05-01 10:00:00.123456', {{ to_utc("cast('2024-05-01 10:00:00.123456' as timestamp)", is_raw=true) }}
    union all select '2024-05-01 10:00:00.123456789', {{ to_utc("cast('2024-05-01 10:00:00.123456' as timestamp)", is_raw=true) }}
    union all select '2024-05-01T10:00:00.5+08:00', cast('2024-05-01 02:00:00.5' as timestamp)
    union all select '2024-05-01 10:00:00 UTC', cast('2024-05-01 10:00:00' as timestamp)
    union all select '2024-05-01 10:00:00.123 UTC', cast('2024-05-01 10:00:00.123' as timestamp)
    union all select '2024-05-01 10:00:00.123456789 UTC', cast('2024-05-01 10:00:00.123456' as timestamp)
    union all select '2024-05-01 10:00 GMT', cast('2024-05-01 10:00:00' as timestamp)
    union all select '2024-05-01t10:00:00z', cast('2024-05-01 10:00:00' as timestamp)
    union all select '2024/5/1t8:30', {{ to_utc("cast('2024-05-01 08:30:00' as timestamp)", is_raw=true) }}
    union all select '2024-05-01t10:00:00.5-05:30', cast('2024-05-01 15:30:00.5' as timestamp)
    union all select '2024-05-01T10:00:00+01:00[Europe/Paris]', cast('2024-05-01 09:00:00' as timestamp)
    union all select '2024-05-01T10:00:00.25+0530[Asia/Kolkata]', cast('2024-05-01 04:30:00.25' as timestamp)
    union all select '2024-05-01T10:00:00Z[UTC]', cast('2024-05-01 10:00:00' as timestamp)
    union all select '2024-05-01 10:00:00 +01[Etc/GMT-1]', cast('2024-05-01 09:00:00' as timestamp)
    union all select '2024-05-01 10:00:00[Europe/Paris]', null
    union all select '2024-05-01T10:00:00+01:00[Europe/Paris', null
    union all select '2024-05-01T10:00:00+01:00(Europe/Paris)', null
    union all select '2024-05-01 UTC', null
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
