-- Fader, Hardie & Lee (2005), equation 10, of a customer who is alive, by Euler's transformation of 2F1:
-- (c - (1 - z)^(a - 1) x (c + series in z)) / (a - 1), where c = a + b + x - 1 and z = h / (alpha + T + h)
with outlooks as (

    select
        snapshot_date,
        repeat_days,
        observed_days,
        period_number,
        b,
        horizon_weeks / (exposure + horizon_weeks) as z,
        -- the terms are at most those of a negative binomial distribution with this mean
        greatest(a - 1, 0) * horizon_weeks / exposure as mean_term

    from {{ ref('int_bg_nbd_outlooks') }}

),

series as (

    select
        outlooks.snapshot_date,
        outlooks.repeat_days,
        outlooks.observed_days,
        outlooks.period_number,
        outlooks.b,
        outlooks.z,
        coefficients.shifted_a,
        sum(
            coefficients.coefficient_sign * exp(coefficients.log_coefficient + coefficients.term_number * ln(outlooks.z))
        ) as series

    from outlooks
    inner join {{ ref('int_bg_nbd_coefficients') }} as coefficients
        on
            outlooks.snapshot_date = coefficients.snapshot_date
            and outlooks.repeat_days = coefficients.repeat_days
            -- further terms are less than a trillionth
            and coefficients.term_number
            <= ceil(-30 / ln(outlooks.z) + outlooks.mean_term + 8 * sqrt(outlooks.mean_term / (1 - outlooks.z)))

    -- of 1,000 terms that there are; with a, alpha and T near 0 those leave out up to 0.3 % of the orders
    where outlooks.mean_term <= 400

    group by
        outlooks.snapshot_date,
        outlooks.repeat_days,
        outlooks.observed_days,
        outlooks.period_number,
        outlooks.b,
        outlooks.z,
        coefficients.shifted_a

),

final as (

    select
        snapshot_date,
        repeat_days,
        observed_days,
        period_number,
        avg(
            (shifted_a + b - 1 - power(1 - z, shifted_a - 1) * (shifted_a + b - 1 + series)) / (shifted_a - 1)
        ) as orders

    from series

    group by snapshot_date, repeat_days, observed_days, period_number

)

select * from final
