-- the naive forecast extrapolates the past order rate
with customers as (

    select
        outcomes.snapshot_date,
        outcomes.customer_id,
        outcomes.order_days,
        outcomes.net_amount,
        predicted.predicted_orders,
        predicted.predicted_value,
        features.mean_day_amount,
        coalesce(cast(
            {{ divide_half_up('features.repeat_days * ' ~ var("churn_horizon_days"), 'features.observed_days', 6) }}
            as numeric(18, 6)
        ), 0) as naive_orders

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
        -- 19 digits: DuckDB multiplies two 18-digit numbers in 64 bits, which overflows for the amounts of a wholesaler
        cast(cast(naive_orders as numeric(19, 6)) * mean_day_amount as numeric(24, 6)) as naive

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
        covar_pop(cast({{ forecast }} as {{ type_double() }}), cast(actual as {{ type_double() }}))
        / nullif(
            stddev_pop(cast({{ forecast }} as {{ type_double() }})) * stddev_pop(cast(actual as {{ type_double() }})), 0
        ) as {{ name }},
        {% endfor -%}
        sqrt(avg(power(cast(predicted - actual as {{ type_double() }}), 2))) as rmse,
        sqrt(avg(power(cast(naive - actual as {{ type_double() }}), 2))) as naive_rmse

    from ranked

    group by measure, snapshot_date, customers

),

final as (

    select
        totals.measure,
        labels.label_en as measure_en,
        labels.label_zh as measure_zh,
        totals.snapshot_date as cutoff_date,
        {{ var('churn_horizon_days') }} as horizon_days,
        cast(totals.customers as integer) as customers,
        cast(totals.actual as numeric(18, 2)) as actual_total,
        cast(totals.predicted as numeric(18, 2)) as predicted_total,
        cast(totals.naive as numeric(18, 2)) as naive_total,
        cast(totals.rmse as numeric(18, 4)) as rmse,
        cast(totals.naive_rmse as numeric(18, 4)) as naive_rmse,
        cast(totals.correlation as numeric(18, 6)) as correlation,
        cast(totals.naive_correlation as numeric(18, 6)) as naive_correlation,
        cast(totals.predicted_top_decile as numeric(18, 2)) as top_decile_total,
        {{ safe_divide('totals.predicted_top_decile', 'totals.actual') }} as top_decile_share,
        cast(totals.naive_top_decile as numeric(18, 2)) as naive_top_decile_total,
        {{ safe_divide('totals.naive_top_decile', 'totals.actual') }} as naive_top_decile_share

    from totals
    left join {{ ref('labels') }} as labels on labels.code_type = 'measure' and totals.measure = labels.code

)

select * from final
