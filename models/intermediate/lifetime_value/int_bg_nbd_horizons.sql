with cutoffs as (

    select * from {{ ref('int_cutoffs') }}
    where is_judged

),

months as (

    select {{ number_series(1, 12) }} as period_number

),

-- a year in months for what is published, the horizon at once for what is compared with what came
final as (

    select
        cutoffs.cutoff_date,
        months.period_number,
        months.period_number * 365.0e0 / 12 / 7 as horizon_weeks,
        1 / power(1e0 + {{ var('monthly_discount_rate') }}, months.period_number) as discount_factor

    from cutoffs
    cross join months

    where cutoffs.is_as_of

    union all

    select
        cutoff_date,
        1 as period_number,
        {{ var('churn_horizon_days') }} / 7.0e0 as horizon_weeks,
        1e0 as discount_factor

    from cutoffs

    where is_backtest

)

select * from final
