-- Text sorts the same on every warehouse: upper case before lower case, digit by digit, then other scripts.
with cases as (

    select 'A10' as given, 1 as expected
    union all select 'A9', 2
    union all select 'Z', 3
    union all select 'a10', 4
    union all select 'a9', 5
    union all select 'a_9', 6
    union all select '手', 7

),

ordered as (

    select
        cases.*,
        row_number() over (order by {{ binary_collation('given') }}) as actual

    from cases

)

select * from ordered where actual is distinct from expected
