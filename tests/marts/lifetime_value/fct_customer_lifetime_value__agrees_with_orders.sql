{%- set periods = [30, 90, 180, 365] -%}

-- Historic value in total and after 30 to 365 days adds up to the valid orders, and forecasts are within possible ranges.
with valid_orders as (

    select
        customer_id,
        net_amount,
        margin_amount,
        order_date,
        min(order_date) over (partition by customer_id) as first_order_date

    from {{ ref('fct_orders') }}

    where is_valid and customer_id is not null

),

orders as (

    select
        customer_id,
        first_order_date,
        sum(net_amount) as net_amount,
        {% for days in periods -%}
        sum(
            case when {{ dbt.datediff('first_order_date', 'order_date', 'day') }} <= {{ days }} then net_amount else 0 end
        ) as net_amount_{{ days }}d,
        {% endfor -%}
        case when count(margin_amount) = count(*) then sum(margin_amount) end as margin_amount

    from valid_orders

    group by customer_id, first_order_date

),

joined as (

    select
        coalesce(orders.customer_id, customer_values.customer_id) as customer_id,
        orders.net_amount,
        orders.margin_amount,
        customers.lifetime_net_amount,
        customers.predicted_value_365d as customer_predicted_value_365d,
        customer_values.historic_net_amount,
        customer_values.historic_margin_amount,
        {% for days in periods -%}
        customer_values.value_{{ days }}d,
        case
            when {{ dbt.datediff('orders.first_order_date', 'customer_values.as_of_date', 'day') }} >= {{ days }}
                then orders.net_amount_{{ days }}d
        end as counted_value_{{ days }}d,
        {% endfor -%}
        customer_values.probability_alive,
        customer_values.purchase_probability,
        customer_values.predicted_orders_365d,
        customer_values.forecast_method,
        customer_values.orders_forecast_method,
        customer_values.expected_order_amount,
        customer_values.predicted_value_365d,
        customer_values.value_method

    from {{ ref('fct_customer_lifetime_value') }} as customer_values
    full outer join orders on customer_values.customer_id = orders.customer_id
    left join {{ ref('dim_customers') }} as customers on customer_values.customer_id = customers.customer_id

)

select * from joined

where
    historic_net_amount is distinct from net_amount
    or historic_net_amount is distinct from lifetime_net_amount
    or historic_margin_amount is distinct from margin_amount
    {%- for days in periods %}
    or value_{{ days }}d is distinct from counted_value_{{ days }}d
    {%- endfor %}
    or (value_method = 'none') <> (predicted_value_365d is null)
    or predicted_value_365d is distinct from customer_predicted_value_365d
    or not coalesce(probability_alive between 0 and 1, true)
    or not coalesce(purchase_probability between 0 and 1, true)
    or purchase_probability > probability_alive
    or predicted_orders_365d < 0
    -- discounting reduces the forecast; both factors are rounded
    or (
        forecast_method = 'model' and orders_forecast_method = 'model'
        and predicted_value_365d
        > cast(predicted_orders_365d as numeric(19, 6)) * expected_order_amount + 0.01 + 0.01 * predicted_orders_365d
    )
