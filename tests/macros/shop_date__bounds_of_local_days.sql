-- The first and last second of a local day belong to it in any time zone, and converting to UTC and back changes nothing.
with cases as (

    select cast('2024-01-15 00:00:00' as timestamp) as local_at, cast('2024-01-15' as date) as expected
    union all select cast('2024-01-15 23:59:59' as timestamp), cast('2024-01-15' as date)
    union all select cast('2024-07-31 23:59:59' as timestamp), cast('2024-07-31' as date)
    union all select cast('2024-08-01 00:00:00' as timestamp), cast('2024-08-01' as date)
    union all select cast(null as timestamp), null

),

in_utc as (

    select
        cases.*,
        {{ to_utc('local_at') }} as utc_at

    from cases

),

in_shop_time as (

    select
        in_utc.*,
        {{ shop_date('utc_at') }} as actual,
        {{ to_shop_time('utc_at') }} as shop_at

    from in_utc

)

select * from in_shop_time
where
    actual is distinct from expected
    or shop_at is distinct from local_at
