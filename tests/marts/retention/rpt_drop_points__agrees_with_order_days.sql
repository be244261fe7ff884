-- Guards that each order number up to 10 is there and holds the customers with that many different order days in fct_orders, that longer windows
-- hold fewer customers, and that rates follow from the columns beside them.
with order_days as (

    select
        customer_id,
        count(distinct order_date) as order_days

    from {{ ref('fct_orders') }}

    where is_valid and customer_id is not null

    group by customer_id

),

numbers as (

    select {{ number_series(1, 10) }} as order_number

),

reached as (

    select
        numbers.order_number,
        count(*) as customers

    from numbers
    inner join order_days on numbers.order_number <= order_days.order_days

    group by numbers.order_number

)

select
    reached.order_number,
    reached.customers as counted_customers,
    points.from_order_number,
    points.customers

from {{ ref('rpt_drop_points') }} as points
full outer join reached on points.from_order_number = reached.order_number

where
    points.customers is distinct from reached.customers
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
