-- Guards that each order number holds the customers with that many different order days in fct_orders, that longer windows
-- hold fewer customers, and that rates follow from the columns beside them.
with order_days as (

    select
        customer_id,
        count(distinct order_date) as order_days

    from {{ ref('fct_orders') }}

    where is_valid and customer_id is not null

    group by customer_id

),

reached as (

    select
        points.from_order_number,
        count(order_days.customer_id) as customers

    from {{ ref('rpt_drop_points') }} as points
    left join order_days on points.from_order_number <= order_days.order_days

    group by points.from_order_number

)

select
    points.from_order_number,
    points.customers,
    reached.customers as counted_customers

from {{ ref('rpt_drop_points') }} as points
inner join reached on points.from_order_number = reached.from_order_number

where
    points.customers <> reached.customers
    or points.customers < points.observed_30d
    or points.observed_30d < points.observed_60d
    or points.observed_60d < points.observed_90d
    or points.observed_90d < points.observed_180d
    or points.steepest_day_reorders > points.reordered_180d
    {%- for days in [30, 60, 90, 180] %}
    or points.reordered_{{ days }}d > points.observed_{{ days }}d
    or (points.reorder_rate_{{ days }}d is not null) <> (points.observed_{{ days }}d > 0)
    or abs(points.reorder_rate_{{ days }}d - 1.0 * points.reordered_{{ days }}d / points.observed_{{ days }}d) > 0.000001
    {%- endfor %}
