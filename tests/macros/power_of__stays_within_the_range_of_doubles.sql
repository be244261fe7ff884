-- e^700 is 1.0142320547350045e304. Without the limit, DuckDB would return infinity or 0 and Postgres would fail.
with cases as (

    select
        2e0 as base,
        10 as exponent,
        1024e0 as expected
    union all select 2e0, -10, 0.0009765625e0
    union all select 2e0, 5000, 1.0142320547350045e304
    union all select 0.5e0, 5000, 1 / 1.0142320547350045e304

),

calculated as (

    select
        cases.*,
        {{ power_of('base', 'exponent') }} as actual

    from cases

)

select * from calculated where abs(actual / expected - 1) > 1e-9
