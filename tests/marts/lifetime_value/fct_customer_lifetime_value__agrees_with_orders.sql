-- Guards that what customers have been worth adds up to the valid orders, and that forecasts are possible numbers.
with orders as (

    select
        customer_id,
        sum(net_amount) as net_amount,
        case when count(margin_amount) = count(*) then sum(margin_amount) end as margin_amount

    from {{ ref('fct_orders') }}

    where is_valid and customer_id is not null

    group by customer_id

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
        customer_values.value_30d,
        customer_values.value_90d,
        customer_values.value_180d,
        customer_values.value_365d,
        customer_values.probability_alive,
        customer_values.purchase_probability,
        customer_values.predicted_orders_365d,
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
    or value_30d > historic_net_amount
    or value_90d < value_30d
    or value_180d < value_90d
    or value_365d < value_180d
    or (value_method = 'none') <> (predicted_value_365d is null)
    or predicted_value_365d is distinct from customer_predicted_value_365d
    or not coalesce(probability_alive between 0 and 1, true)
    or not coalesce(purchase_probability between 0 and 1, true)
    or purchase_probability > probability_alive
    or predicted_orders_365d < 0
    -- discounting makes the future smaller; both factors are rounded
    or predicted_value_365d > predicted_orders_365d * expected_order_amount + 0.01 + 0.01 * predicted_orders_365d
