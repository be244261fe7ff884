-- coefficients of the power series in int_bg_nbd_forecasts: with c = a + b + x - 1 the k-th is
-- c x (a + b - 1 - r)_k (a - 1)_k / ((c)_k k!), where (y)_k = y (y + 1) ... (y + k - 1)
with parameters as (

    {{ purchase_models() }}

),

-- at a = 1 the formula is 0 / 0, so the mean of the values next to it is used
shifts as (

    select 0e0 as shift

    union all

    select 0.0001e0 as shift

    union all

    select -0.0001e0 as shift

),

shifted_parameters as (

    select
        parameters.*,
        parameters.a + shifts.shift as shifted_a

    from parameters
    inner join shifts on (abs(parameters.a - 1) < 0.00005e0) = (shifts.shift <> 0)

    where parameters.is_identified

),

repeat_days as (

    select distinct
        snapshot_date,
        repeat_days

    from {{ ref('int_order_features') }}

),

steps as (

    select {{ number_series(1, 1000) }} as term_number

),

factors as (

    select
        shifted_parameters.model,
        shifted_parameters.snapshot_date,
        repeat_days.repeat_days,
        shifted_parameters.shifted_a,
        steps.term_number,
        shifted_parameters.shifted_a + shifted_parameters.b + steps.term_number - 2 - shifted_parameters.r as first_factor,
        shifted_parameters.shifted_a + steps.term_number - 2 as second_factor,
        case
            when steps.term_number = 1 then 1e0
            else shifted_parameters.shifted_a + shifted_parameters.b + repeat_days.repeat_days + steps.term_number - 2
        end as divisor

    from shifted_parameters
    inner join repeat_days on shifted_parameters.snapshot_date = repeat_days.snapshot_date
    cross join steps

),

final as (

    select
        model,
        snapshot_date,
        repeat_days,
        shifted_a,
        term_number,
        sum(
            ln(greatest(abs(first_factor * second_factor), 1e-300)) - ln(divisor * term_number)
        ) over so_far as log_coefficient,
        case when sum(case when first_factor * second_factor < 0 then 1 else 0 end) over so_far % 2 = 0 then 1 else -1 end
            as coefficient_sign

    from factors

    window so_far as (
        partition by model, snapshot_date, repeat_days, shifted_a
        order by term_number rows between unbounded preceding and current row
    )

)

select * from final
