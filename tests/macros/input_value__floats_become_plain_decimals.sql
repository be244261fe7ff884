-- Floating point numbers become plain decimals, ids have no trailing .0, and NaN is kept, so that it is unreadable.
with cases as (

    select cast(0.00001 as double precision) as given, '0.00001' as expected
    union all select 123, '123'
    union all select 1.5, '1.5'
    union all select -0.25, '-0.25'
    union all select 1000000000000000000000, '1000000000000000000000'
    union all select cast('NaN' as double precision), 'NaN'
    union all select null, null

),

shown as (

    select
        cases.*,
        {{ input_value('given', 'float') }} as actual

    from cases

)

-- trailing zeros of a fraction and the spelling of NaN differ between warehouses
select * from shown
where lower(case when given < 1 then trim(trailing '0' from actual) else actual end) is distinct from lower(expected)
