-- Abramowitz and Stegun (1964), table 26.1: P(x) = 1 - Q(x) to 6 places; the sign does not matter
with cases as (

    select 0e0 as z, 0.500000 as expected
    union all select 1e0, 0.158655
    union all select -2e0, 0.022750
    union all select 3e0, 0.001350
    union all select 100e0, 0.000000
    union all select null, null

),

tails as (

    select
        cases.*,
        cast({{ normal_tail('z') }} as numeric(18, 6)) as actual

    from cases

)

select * from tails where actual is distinct from expected
