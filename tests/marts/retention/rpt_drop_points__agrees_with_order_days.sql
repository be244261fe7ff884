-- Each order number up to 10 has the customers with that many distinct order days in fct_orders and those who reorder within
-- each window. Longer windows have fewer observed customers, and rates match their numerators and
-- denominators.
with order_days as (

    select
        customer_id,
        order_date,
        dense_rank() over (partition by customer_id order by order_date) as order_number

    from {{ ref('fct_orders') }}

    where is_valid and customer_id is not null

),

gaps as (

    select
        earlier.customer_id,
        earlier.order_number,
        earlier.order_date,
        min({{ dbt.datediff('earlier.order_date', 'later.order_date', 'day') }}) as days_to_next_order

    from order_days as earlier
    left join order_days as later
        on earlier.customer_id = later.customer_id and earlier.order_date < later.order_date

    where earlier.order_number <= 10

    group by earlier.customer_id, earlier.order_number, earlier.order_date

),

observed as (

    select
        gaps.*,
        {{ dbt.datediff('gaps.order_date', 'as_of.as_of_date', 'day') }} as days_observed

    from gaps
    cross join {{ ref('int_as_of') }} as as_of

),

reached as (

    select
        order_number,
        {% for days in [30, 60, 90, 180] -%}
        count(case when days_observed >= {{ days }} then 1 end) as observed_{{ days }}d,
        count(case when days_observed >= {{ days }} and days_to_next_order <= {{ days }} then 1 end) as reordered_{{ days }}d,
        {% endfor -%}
        count(*) as customers

    from observed

    group by order_number

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
    or points.observed_{{ days }}d <> reached.observed_{{ days }}d
    or points.reordered_{{ days }}d <> reached.reordered_{{ days }}d
    or points.reordered_{{ days }}d > points.observed_{{ days }}d
    or (points.reorder_rate_{{ days }}d is not null) <> (points.observed_{{ days }}d > 0)
    or abs(points.reorder_rate_{{ days }}d - 1.0 * points.reordered_{{ days }}d / points.observed_{{ days }}d) > 0.000001
    {%- endfor %}
