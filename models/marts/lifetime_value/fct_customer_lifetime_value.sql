with as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

purchases as (

    select
        orders.customer_id,
        orders.net_amount,
        orders.margin_amount,
        totals.first_order_date,
        {{ dbt.datediff('totals.first_order_date', 'orders.order_date', 'day') }} as days_since_first_order

    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('int_order_features') }} as totals
        on orders.customer_id = totals.customer_id and totals.is_as_of

    where orders.is_valid

),

history as (

    select
        customer_id,
        first_order_date,
        sum(net_amount) as net_amount,
        case when count(margin_amount) = count(*) then sum(margin_amount) end as margin_amount,
        {% for days in [30, 90, 180, 365] -%}
        sum(case when days_since_first_order <= {{ days }} then net_amount else 0 end) as value_{{ days }}d
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from purchases

    group by customer_id, first_order_date

),

predicted as (

    select * from {{ ref('int_customer_values_predicted') }}

),

final as (

    select
        history.customer_id,
        as_of.as_of_date,
        history.first_order_date,
        cast(history.net_amount as numeric(18, 2)) as historic_net_amount,
        cast(history.margin_amount as numeric(18, 2)) as historic_margin_amount,
        {% for days in [30, 90, 180, 365] -%}
        case
            when {{ dbt.datediff('history.first_order_date', 'as_of.as_of_date', 'day') }} >= {{ days }}
                then cast(history.value_{{ days }}d as numeric(18, 2))
        end as value_{{ days }}d,
        {% endfor -%}
        predicted.probability_alive,
        predicted.purchase_probability,
        case
            when orders_backtest.forecast_method = 'naive' then cast(features.orders_365d as numeric(18, 6)) else predicted.predicted_orders
        end as predicted_orders_365d,
        coalesce(orders_backtest.forecast_method, 'model') as orders_forecast_method,
        predicted.expected_order_amount,
        case when backtest.forecast_method = 'naive' then features.amount_365d else predicted.predicted_value end as predicted_value_365d,
        coalesce(predicted.value_method, 'none') as value_method,
        coalesce(backtest.forecast_method, 'model') as forecast_method

    from history
    cross join as_of
    inner join {{ ref('int_order_features') }} as features on history.customer_id = features.customer_id and features.is_as_of
    left join predicted on as_of.as_of_date = predicted.snapshot_date and history.customer_id = predicted.customer_id
    left join {{ ref('int_forecast_backtest') }} as backtest on backtest.measure = 'net_amount'
    left join {{ ref('int_forecast_backtest') }} as orders_backtest on orders_backtest.measure = 'orders'

)

select * from final
