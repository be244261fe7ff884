-- Fader, Hardie & Lee (2005), equation 10, of a customer who is alive, by Euler's transformation of 2F1:
-- (c - (1 - z)^(a - 1) x (c + series in z)) / (a - 1), where c = a + b + x - 1 and z = h / (alpha + T + h).
-- Where all drop out with nearly the same chance d after each order, the mean a / (a + b + x), the fit is at the border or the
-- series too long; the orders are (1 - ((alpha + T) / (alpha + T + d h))^(r + x)) / d, without drop-out (r + x) h / (alpha + T)
with parameters as (

    select * from {{ ref('int_bg_nbd_parameters_used') }}

),

customers as (

    select distinct
        features.cutoff_date,
        features.repeat_days,
        features.observed_days,
        horizons.period_number,
        horizons.horizon_weeks,
        horizons.discount_factor,
        horizons.horizon_weeks / (parameters.alpha + features.observed_days / 7e0 + horizons.horizon_weeks) as z,
        parameters.b,
        parameters.r + features.repeat_days as shape,
        parameters.alpha + features.observed_days / 7e0 as exposure,
        parameters.a / (parameters.a + parameters.b + features.repeat_days) as drop_out,
        -- the terms are at most those of a negative binomial distribution with this mean
        greatest(parameters.a - 1, 0) * horizons.horizon_weeks
        / (parameters.alpha + features.observed_days / 7e0) as mean_term

    from {{ ref('int_order_features') }} as features
    inner join parameters on features.cutoff_date = parameters.cutoff_date
    inner join {{ ref('int_bg_nbd_horizons') }} as horizons on features.cutoff_date = horizons.cutoff_date

),

series as (

    select
        customers.cutoff_date,
        customers.repeat_days,
        customers.observed_days,
        customers.period_number,
        coefficients.shifted_a,
        sum(
            coefficients.coefficient_sign * exp(coefficients.log_coefficient + coefficients.term_number * ln(customers.z))
        ) as series

    from customers
    inner join {{ ref('int_bg_nbd_coefficients') }} as coefficients
        on
            customers.cutoff_date = coefficients.cutoff_date
            and customers.repeat_days = coefficients.repeat_days
            -- further terms are less than a trillionth
            and coefficients.term_number
            <= ceil(-30 / ln(customers.z) + customers.mean_term + 8 * sqrt(customers.mean_term / (1 - customers.z)))

    -- of 1,000 terms that there are; with a, alpha and T near 0 those leave out up to 0.3 % of the orders
    where customers.mean_term <= 400

    group by
        customers.cutoff_date, customers.repeat_days, customers.observed_days, customers.period_number, coefficients.shifted_a

),

with_loss as (

    select
        customers.cutoff_date,
        customers.repeat_days,
        customers.observed_days,
        customers.period_number,
        avg(
            (
                series.shifted_a + customers.b + customers.repeat_days - 1
                - power(1 - customers.z, series.shifted_a - 1)
                * (series.shifted_a + customers.b + customers.repeat_days - 1 + series.series)
            ) / (series.shifted_a - 1)
        ) as orders

    from customers
    inner join series
        on
            customers.cutoff_date = series.cutoff_date
            and customers.repeat_days = series.repeat_days
            and customers.observed_days = series.observed_days
            and customers.period_number = series.period_number

    group by customers.cutoff_date, customers.repeat_days, customers.observed_days, customers.period_number

),

expected as (

    select
        customers.cutoff_date,
        customers.repeat_days,
        customers.observed_days,
        customers.period_number,
        customers.discount_factor,
        coalesce(
            with_loss.orders,
            case
                -- a chance that small is none, and the other formula would lose its digits
                when customers.drop_out < 1e-6 then customers.shape * customers.horizon_weeks / customers.exposure
                else
                    (1 - {{ power_of(
                        'customers.exposure / (customers.exposure + customers.drop_out * customers.horizon_weeks)',
                        'customers.shape'
                    ) }}) / customers.drop_out
            end
        ) as orders

    from customers
    left join with_loss
        on
            customers.cutoff_date = with_loss.cutoff_date
            and customers.repeat_days = with_loss.repeat_days
            and customers.observed_days = with_loss.observed_days
            and customers.period_number = with_loss.period_number

),

cumulative as (

    select
        cutoff_date,
        repeat_days,
        observed_days,
        discount_factor,
        orders,
        lag(orders, 1, 0e0) over (
            partition by cutoff_date, repeat_days, observed_days order by period_number
        ) as orders_before

    from expected

),

final as (

    select
        cutoff_date,
        repeat_days,
        observed_days,
        max(orders) as orders_if_alive,
        sum((orders - orders_before) * discount_factor) as discounted_orders_if_alive

    from cumulative

    group by cutoff_date, repeat_days, observed_days

)

select * from final
