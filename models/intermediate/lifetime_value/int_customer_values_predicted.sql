with customers as (

    select
        features.*,
        parameters.r,
        parameters.alpha,
        parameters.a,
        parameters.b,
        parameters.is_identified,
        parameters.r + features.repeat_days as shape,
        parameters.alpha + features.observed_days / 7e0 as exposure,
        parameters.alpha + features.active_days / 7e0 as active_exposure

    from {{ ref('int_order_features') }} as features
    inner join {{ ref('int_bg_nbd_parameters_used') }} as parameters on features.snapshot_date = parameters.snapshot_date

),

-- who never came back cannot be seen to have gone: P(alive) is 1 then
alive as (

    select
        customers.*,
        case
            when repeat_days = 0 then 1e0
            else 1 / (1 + a / (b + repeat_days - 1) * {{ power_of('exposure / active_exposure', 'shape') }})
        end as probability_alive

    from customers

),

amount_parameters as (

    select
        snapshot_date,
        max(case when parameter = 'p' then value end) as p,
        max(case when parameter = 'q' then value end) as q,
        max(case when parameter = 'gamma' then value end) as gamma

    from {{ ref('int_snapshot_parameters') }}

    where model = 'gamma_gamma' and is_identified

    group by snapshot_date

),

valued as (

    select
        alive.*,
        expected_orders.orders_if_alive,
        expected_orders.discounted_orders_if_alive,
        amounts.p,
        -- Fader & Hardie (2013), equation 5; without a fit the customer's own mean
        coalesce(
            amounts.p * (amounts.gamma + alive.repeat_amount)
            / (amounts.p * alive.paid_repeat_days + amounts.q - 1),
            cast(alive.mean_day_amount as {{ type_double() }})
        ) as order_amount

    from alive
    left join {{ ref('int_bg_nbd_expected_orders') }} as expected_orders
        on
            alive.snapshot_date = expected_orders.snapshot_date
            and alive.repeat_days = expected_orders.repeat_days
            and alive.observed_days = expected_orders.observed_days
    left join amount_parameters as amounts on alive.snapshot_date = amounts.snapshot_date

),

final as (

    select
        snapshot_date,
        customer_id,
        case when is_identified then cast(probability_alive as numeric(18, 6)) end as probability_alive,
        probability_alive < 0.5e0 as is_rather_gone,
        cast(
            probability_alive * (1 - {{ power_of(
                'exposure / (exposure + ' ~ var("churn_horizon_days") ~ ' / 7e0)', 'shape'
            ) }}) as numeric(18, 6)
        ) as purchase_probability,
        cast(probability_alive * orders_if_alive as numeric(18, 6)) as predicted_orders,
        cast(order_amount as numeric(18, 2)) as expected_order_amount,
        cast(probability_alive * discounted_orders_if_alive * order_amount as numeric(18, 2)) as predicted_value,
        case when p is null then 'bgnbd_mean_amount' else 'bgnbd_gamma_gamma' end as value_method

    from valued

)

select * from final
