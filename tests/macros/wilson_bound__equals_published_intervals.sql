-- Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3
with cases as (

    select 81 as successes, 263 as trials, 0.2553 as low, 0.3662 as high
    union all select 15, 148, 0.0624, 0.1605
    union all select 0, 20, 0.0000, 0.1611
    union all select 1, 29, 0.0061, 0.1718
    union all select 0, 0, null, null

),

bounds as (

    select
        cases.*,
        cast({{ wilson_bound('successes', 'trials', '-') }} as numeric(18, 4)) as actual_low,
        cast({{ wilson_bound('successes', 'trials', '+') }} as numeric(18, 4)) as actual_high

    from cases

)

select * from bounds where actual_low is distinct from low or actual_high is distinct from high
