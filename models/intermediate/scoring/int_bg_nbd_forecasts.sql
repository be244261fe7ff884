with parameters as (

    {{ purchase_models() }}

),

months as (

    select {{ number_series(1, 12) }} as period_number

),

-- twelve months for published forecasts, the churn horizon as one period for the backtest
periods as (

    select
        parameters.*,
        months.period_number,
        case
            when parameters.is_as_of then months.period_number * 365.0e0 / 12 / 7
            else {{ var('churn_horizon_days') }} / 7.0e0
        end as horizon_weeks,
        case
            when parameters.is_as_of then 1 / power(1e0 + {{ var('monthly_discount_rate') }}, months.period_number)
            else 1e0
        end as discount_factor

    from parameters
    cross join months

    where parameters.is_as_of or months.period_number = 1

),

histories as (

    select distinct
        snapshot_date,
        repeat_days,
        observed_days

    from {{ ref('int_order_features') }}

),

inputs as (

    select
        periods.model,
        histories.*,
        periods.period_number,
        periods.horizon_weeks,
        periods.discount_factor,
        periods.is_identified,
        periods.a,
        periods.b + histories.repeat_days as b,
        periods.r + histories.repeat_days as shape,
        periods.alpha + histories.observed_days / 7e0 as exposure,
        periods.a / (periods.a + periods.b + histories.repeat_days) as drop_out_mean

    from histories
    inner join periods on histories.snapshot_date = periods.snapshot_date

),

-- the drop-out probability after an order is Beta(a, b + x); at the border of the fit only its mean is known
drop_outs as (

    select
        inputs.*,
        case when is_identified then sqrt(drop_out_mean * (1 - drop_out_mean) / (a + b + 1)) else 0e0 end as drop_out_deviation,
        horizon_weeks / (exposure + horizon_weeks) as z,
        -- the terms of the series are bounded by those of a negative binomial distribution with this mean
        greatest(a - 1, 0) * horizon_weeks / exposure as mean_term

    from inputs

),

-- Fader, Hardie & Lee (2005), equation 10, for a customer who is alive, by Euler's transformation of 2F1:
-- (c - (1 - z)^(a - 1) x (c + series in z)) / (a - 1), where c = a + b + x - 1 and z = h / (alpha + T + h)
series as (

    select
        drop_outs.model,
        drop_outs.snapshot_date,
        drop_outs.repeat_days,
        drop_outs.observed_days,
        drop_outs.period_number,
        drop_outs.b,
        drop_outs.z,
        coefficients.shifted_a,
        sum(
            coefficients.coefficient_sign * exp(coefficients.log_coefficient + coefficients.term_number * ln(drop_outs.z))
        ) as series

    from drop_outs
    inner join {{ ref('int_bg_nbd_coefficients') }} as coefficients
        on
            drop_outs.model = coefficients.model
            and drop_outs.snapshot_date = coefficients.snapshot_date
            and drop_outs.repeat_days = coefficients.repeat_days
            -- further terms are below 1e-12
            and coefficients.term_number
            <= ceil(-30 / ln(drop_outs.z) + drop_outs.mean_term + 8 * sqrt(drop_outs.mean_term / (1 - drop_outs.z)))

    -- the series stops at 1,000 terms; with a, alpha and T near 0 this omits up to 0.3% of the orders
    where drop_outs.mean_term <= 400

    group by {{ range(1, 9) | join(', ') }}

),

summed as (

    select
        model,
        snapshot_date,
        repeat_days,
        observed_days,
        period_number,
        avg(
            (shifted_a + b - 1 - power(1 - z, shifted_a - 1) * (shifted_a + b - 1 + series)) / (shifted_a - 1)
        ) as orders

    from series

    group by model, snapshot_date, repeat_days, observed_days, period_number

),

-- without a series, two drop-out probabilities, one standard deviation below and above the mean, represent all: with
-- probability d it is (1 - ((alpha + T) / (alpha + T + d h))^(r + x)) / d, without drop-out (r + x) h / (alpha + T)
final as (

    select
        drop_outs.model,
        drop_outs.snapshot_date,
        drop_outs.repeat_days,
        drop_outs.observed_days,
        drop_outs.period_number,
        drop_outs.discount_factor,
        drop_outs.is_identified,
        coalesce(summed.orders, (
            {%- for drop_out in ['(drop_outs.drop_out_mean - drop_outs.drop_out_deviation)', '(drop_outs.drop_out_mean + drop_outs.drop_out_deviation)'] %}
            case
                -- a probability this small counts as 0, and the other formula would lose precision
                when {{ drop_out }} < 1e-6 then drop_outs.shape * drop_outs.horizon_weeks / drop_outs.exposure
                else (1 - {{ power_of('drop_outs.exposure / (drop_outs.exposure + ' ~ drop_out ~ ' * drop_outs.horizon_weeks)', 'drop_outs.shape') }}) / {{ drop_out }}
            end
            {{- ' +' if not loop.last }}
            {%- endfor %}
        ) / 2) as orders

    from drop_outs
    left join summed
        on
            drop_outs.model = summed.model
            and drop_outs.snapshot_date = summed.snapshot_date
            and drop_outs.repeat_days = summed.repeat_days
            and drop_outs.observed_days = summed.observed_days
            and drop_outs.period_number = summed.period_number

)

select * from final
