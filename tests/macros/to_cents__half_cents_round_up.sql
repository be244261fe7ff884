-- Half a cent is rounded away from zero, even if an amount is too large for DuckDB's 64-bit rounding.
with cases as (

    select
        cast(1.005 as numeric(38, 4)) as amount,
        cast(1.01 as numeric(18, 2)) as expected
    union all select 1.0049, 1
    union all select 0.005, 0.01
    union all select 0, 0
    union all select -1.005, -1.01
    union all select -1.0049, -1
    union all select 99999999999999.995, 100000000000000
    union all select 100000000000000.005, 100000000000000.01
    union all select -100000000000000.005, -100000000000000.01
    union all select 9999999999999999.9949, 9999999999999999.99
    union all select null, null

),

rounded as (

    select
        cases.*,
        {{ to_cents('amount') }} as actual

    from cases

)

select * from rounded where actual is distinct from expected
