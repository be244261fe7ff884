-- naive forecasts: orders and net sales of the last 365 days, in proportion
with customers as (

    select
        outcomes.snapshot_date,
        outcomes.customer_id,
        outcomes.order_days,
        outcomes.net_amount,
        predicted.predicted_orders,
        predicted.predicted_value,
        {% for measure in ['orders', 'amount'] -%}
        cast({{ divide_half_up('features.' ~ measure ~ '_365d * ' ~ var("churn_horizon_days"), '365', 6) }} as numeric(24, 6)) as naive_{{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_snapshot_outcomes') }} as outcomes
    inner join {{ ref('int_customer_values_predicted') }} as predicted
        on outcomes.snapshot_date = predicted.snapshot_date and outcomes.customer_id = predicted.customer_id
    inner join {{ ref('int_order_features') }} as features
        on outcomes.snapshot_date = features.snapshot_date and outcomes.customer_id = features.customer_id

),

forecasts as (

    select
        'orders' as measure,
        snapshot_date,
        customer_id,
        cast(order_days as numeric(18, 2)) as actual,
        predicted_orders as predicted,
        naive_orders as naive

    from customers

    union all

    select
        'net_amount' as measure,
        snapshot_date,
        customer_id,
        net_amount as actual,
        cast(predicted_value as numeric(24, 6)) as predicted,
        naive_amount as naive

    from customers

),

ranked as (

    select
        forecasts.*,
        count(*) over (partition by measure) as customers,
        row_number() over (partition by measure order by predicted desc, {{ binary_collation('customer_id') }}) as predicted_rank,
        row_number() over (partition by measure order by naive desc, {{ binary_collation('customer_id') }}) as naive_rank

    from forecasts

),

totals as (

    select
        measure,
        snapshot_date,
        customers,
        sum(actual) as actual,
        sum(predicted) as predicted,
        sum(naive) as naive,
        sum(case when predicted_rank <= ceil(customers / 10.0) then actual else 0 end) as predicted_top_decile,
        sum(case when naive_rank <= ceil(customers / 10.0) then actual else 0 end) as naive_top_decile,
        -- null if one of the two is constant: DuckDB's corr() is then NaN, which cannot be cast to a decimal
        {% for forecast, name in [('predicted', 'correlation'), ('naive', 'naive_correlation')] -%}
        cast(
            covar_pop(cast({{ forecast }} as {{ type_double() }}), cast(actual as {{ type_double() }}))
            / nullif(
                stddev_pop(cast({{ forecast }} as {{ type_double() }})) * stddev_pop(cast(actual as {{ type_double() }})), 0
            ) as numeric(18, 6)
        ) as {{ name }},
        {% endfor -%}
        cast(sqrt(avg(power(cast(predicted - actual as {{ type_double() }}), 2))) as numeric(18, 4)) as rmse,
        cast(sqrt(avg(power(cast(naive - actual as {{ type_double() }}), 2))) as numeric(18, 4)) as naive_rmse

    from ranked

    group by measure, snapshot_date, customers

),

final as (

    select
        totals.*,
        {{ safe_divide('predicted_top_decile', 'actual') }} as top_decile_share,
        {{ safe_divide('naive_top_decile', 'actual') }} as naive_top_decile_share,
        case when naive_rmse < rmse then 'naive' else 'model' end as forecast_method

    from totals

)

select * from final
