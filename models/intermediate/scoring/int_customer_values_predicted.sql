with gamma_gamma as (

    {{ snapshot_parameters('gamma_gamma', ['p', 'q', 'gamma']) }}

),

steps as (

    select
        forecasts.*,
        lag(orders, 1, 0e0) over (
            partition by model, snapshot_date, repeat_days, observed_days order by period_number
        ) as orders_before

    from {{ ref('int_bg_nbd_forecasts') }} as forecasts

),

expected_orders as (

    select
        snapshot_date,
        repeat_days,
        observed_days,
        max(case when model = 'bg_nbd' and is_identified then 1 else 0 end) = 1 as is_identified,
        max(case when model = 'bg_nbd' then orders end) as orders,
        {% for model in ['bg_nbd', 'mbg_nbd'] -%}
        sum(case when model = '{{ model }}' then (orders - orders_before) * discount_factor end) as {{ model }}_discounted_orders
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from steps

    group by snapshot_date, repeat_days, observed_days

),

valued as (

    select
        probabilities.snapshot_date,
        probabilities.customer_id,
        probabilities.probability_alive,
        probabilities.purchase_probability,
        probabilities.gone_probability,
        expected_orders.is_identified,
        expected_orders.orders,
        expected_orders.bg_nbd_discounted_orders,
        expected_orders.mbg_nbd_discounted_orders,
        gamma_gamma.p,
        -- Fader & Hardie (2013), equation 5; without a fit, the customer's own mean
        coalesce(
            gamma_gamma.p * (gamma_gamma.gamma + histories.repeat_amount)
            / (gamma_gamma.p * histories.paid_repeat_days + gamma_gamma.q - 1),
            cast(histories.mean_day_amount as {{ type_double() }})
        ) as order_amount

    from {{ ref('int_order_features') }} as histories
    inner join {{ ref('int_purchase_probabilities') }} as probabilities
        on histories.snapshot_date = probabilities.snapshot_date and histories.customer_id = probabilities.customer_id
    inner join expected_orders
        on
            histories.snapshot_date = expected_orders.snapshot_date
            and histories.repeat_days = expected_orders.repeat_days
            and histories.observed_days = expected_orders.observed_days
    left join gamma_gamma on histories.snapshot_date = gamma_gamma.snapshot_date and gamma_gamma.is_identified

),

final as (

    select
        snapshot_date,
        customer_id,
        case when is_identified then cast(probability_alive as numeric(18, 6)) end as probability_alive,
        purchase_probability,
        cast(probability_alive * orders as numeric(18, 6)) as predicted_orders,
        cast(order_amount as numeric(18, 2)) as expected_order_amount,
        cast(probability_alive * bg_nbd_discounted_orders * order_amount as numeric(18, 2)) as predicted_value,
        cast(gone_probability * mbg_nbd_discounted_orders * order_amount as numeric(18, 2)) as value_at_risk,
        case when p is null then 'bgnbd_mean_amount' else 'bgnbd_gamma_gamma' end as value_method

    from valued

)

select * from final
