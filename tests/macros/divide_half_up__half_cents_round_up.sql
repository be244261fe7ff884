-- Averages and ratios are exact: a half is rounded up on every warehouse, and division by 0 is null.
with cases as (

    select
        cast(10.01 as numeric(18, 2)) as numerator,
        cast(2 as bigint) as denominator,
        cast(5.01 as numeric(18, 2)) as expected_mean,
        cast(5.005 as numeric(18, 6)) as expected_share
    union all select 2.01, 2, 1.01, 1.005
    union all select 0.01, 2, 0.01, 0.005
    union all select 100, 3, 33.33, 33.333333
    union all select 200, 3, 66.67, 66.666667
    union all select 0.05, 8, 0.01, 0.00625
    union all select 1, 2000000, 0, 0.000001
    union all select 0, 5, 0, 0
    union all select 7, 7, 1, 1
    union all select 9999999999999.99, 1, 9999999999999.99, null
    -- below and above the limit for 64-bit division on DuckDB
    union all select 99999999.99, 2, 50000000, null
    union all select 100000000.01, 2, 50000000.01, null
    union all select 0.01, 99999999.9999, 0, 0
    union all select 999999.99, 200000000, 0, 0.005
    union all select 0.01, 0.0008, 12.5, 12.5
    union all select 0.01, 0.00000003, 333333.33, 333333.333333
    union all select 5, 0, null, null
    union all select 0, 0, null, null
    union all select null, 2, null, null
    union all select 5, null, null, null

),

divided as (

    select
        cases.*,
        {{ average_amount('numerator', 'denominator') }} as actual_mean,
        case when numerator < 1000000 then {{ safe_divide('numerator', 'denominator') }} end as actual_share

    from cases

)

select * from divided
where
    actual_mean is distinct from expected_mean
    or actual_share is distinct from expected_share
