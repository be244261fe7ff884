with purchased as (

    select
        purchases.*,
        -- whole ones, so that squares of absurd amounts fit too
        cast(round(net_amount) as numeric(38, 0)) as units

    from {{ ref('int_cutoff_purchases') }} as purchases

),

purchases as (

    select
        cutoff_date,
        customer_id,
        count(*) as orders,
        count(case when age_days < 30 then 1 end) as orders_30d,
        count(case when age_days < 90 then 1 end) as orders_90d,
        count(case when age_days < 365 then 1 end) as orders_365d,
        sum(case when age_days < 30 then net_amount else 0 end) as amount_30d,
        sum(case when age_days < 90 then net_amount else 0 end) as amount_90d,
        sum(case when age_days < 365 then net_amount else 0 end) as amount_365d,
        count(case when is_discounted then 1 end) as discounted_orders,
        count(case when refunded_amount > 0 then 1 end) as returned_orders,
        sum(net_amount) as net_amount,
        sum(units) as units,
        sum(units * units) as squared_units

    from purchased

    group by cutoff_date, customer_id

),

order_days as (

    select
        cutoff_date,
        customer_id,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        count(*) as order_days,
        sum(gap_days) as gap_days,
        sum(gap_days * gap_days) as squared_gap_days,
        count(case when day_number > 1 and net_amount > 0 then 1 end) as paid_repeat_days,
        sum(case when day_number > 1 and net_amount > 0 then net_amount else 0 end) as repeat_amount

    from {{ ref('int_cutoff_order_days') }}

    group by cutoff_date, customer_id

),

final as (

    select
        purchases.cutoff_date,
        purchases.customer_id,
        {{ dbt.datediff('order_days.last_order_date', 'purchases.cutoff_date', 'day') }} as recency_days,
        {{ dbt.datediff('order_days.first_order_date', 'order_days.last_order_date', 'day') }} as active_days,
        {{ dbt.datediff('order_days.first_order_date', 'purchases.cutoff_date', 'day') }} as observed_days,
        cast(order_days.order_days - 1 as integer) as repeat_days,
        cast(order_days.paid_repeat_days as integer) as paid_repeat_days,
        cast(order_days.repeat_amount as numeric(18, 2)) as repeat_amount,
        {{ mean_amount('purchases.net_amount', 'order_days.order_days') }} as mean_day_amount,
        purchases.orders,
        purchases.orders_30d,
        purchases.orders_90d,
        purchases.orders_365d,
        cast(purchases.amount_30d as numeric(18, 2)) as amount_30d,
        cast(purchases.amount_90d as numeric(18, 2)) as amount_90d,
        cast(purchases.amount_365d as numeric(18, 2)) as amount_365d,
        {{ share('purchases.discounted_orders', 'purchases.orders') }} as discounted_share,
        {{ share('purchases.returned_orders', 'purchases.orders') }} as returned_share,
        {{ variation('purchases.orders', 'purchases.units', 'purchases.squared_units') }} as amount_variation,
        {{ variation('order_days.order_days - 1', 'order_days.gap_days', 'order_days.squared_gap_days') }} as gap_variation

    from purchases
    inner join order_days
        on purchases.cutoff_date = order_days.cutoff_date and purchases.customer_id = order_days.customer_id

)

select * from final
