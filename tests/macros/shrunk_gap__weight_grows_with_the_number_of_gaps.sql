-- n gaps have weight n / (n + 3); the general gap has the rest.
with cases as (

    select
        cast(15 as numeric(18, 6)) as own_gap,
        cast(2 as bigint) as gaps,
        cast(40 as numeric(18, 6)) as general_gap,
        cast(30 as numeric(18, 6)) as expected
    union all select 10, 1, 20, 17.5
    union all select 10, 0, 20, 20
    union all select 30, 27, 60, 33
    union all select 10, 4, 20, 14.285714
    union all select 10, 4, null, null

),

shrunk as (

    select
        cases.*,
        {{ shrunk_gap('own_gap', 'gaps', 'general_gap') }} as actual

    from cases

)

select * from shrunk where actual is distinct from expected
