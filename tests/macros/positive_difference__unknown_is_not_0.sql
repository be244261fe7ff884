-- A difference is at least 0, and open where one of the two is: greatest() alone would make it 0.
with cases as (

    select
        cast(100 as numeric(18, 2)) as whole,
        cast(85 as numeric(18, 2)) as part,
        cast(15 as numeric(18, 2)) as expected
    union all select 80, 85, 0
    union all select 85, 85, 0
    union all select null, 85, null
    union all select 100, null, null

),

subtracted as (

    select
        cases.*,
        {{ positive_difference('whole', 'part') }} as actual

    from cases

)

select * from subtracted where actual is distinct from expected
