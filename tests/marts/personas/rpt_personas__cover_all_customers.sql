-- If there are personas, every customer with a valid order has one, the same as in dim_customers. Shares match their numerators and
-- denominators, and averages match the orders of these customers.
with customers as (

    select
        customers.customer_id,
        customers.persona,
        as_of.as_of_date,
        max(orders.order_date) as last_order_date,
        min(orders.order_date) as first_order_date,
        sum(case when {{ dbt.datediff('orders.order_date', 'as_of.as_of_date', 'day') }} < 365 then 1 else 0 end) as orders_365d,
        1.0 * sum(orders.net_amount) / count(distinct orders.order_date) as order_amount,
        avg(1.0 * case when orders.discount_amount > 0 then 1 else 0 end) as discounted_share,
        avg(1.0 * case when orders.channel = 'store' then 1 when orders.channel <> 'unknown' then 0 end) as store_share

    from {{ ref('dim_customers') }} as customers
    inner join {{ ref('fct_orders') }} as orders on customers.customer_id = orders.customer_id
    cross join {{ ref('int_as_of') }} as as_of

    where orders.is_valid

    group by customers.customer_id, customers.persona, as_of.as_of_date

),

counted as (

    select
        persona,
        count(*) as customers,
        1.0 * sum({{ dbt.datediff('last_order_date', 'as_of_date', 'day') }}) / count(*) as mean_recency_days,
        1.0 * sum({{ dbt.datediff('first_order_date', 'as_of_date', 'day') }}) / count(*) as mean_tenure_days,
        1.0 * sum(orders_365d) / count(*) as mean_orders_365d,
        sum(order_amount) / count(*) as mean_order_amount,
        avg(discounted_share) as mean_discounted_share,
        avg(store_share) as mean_store_share

    from customers

    group by persona

),

reported as (

    select
        personas.*,
        sum(customers) over () as customers_of_all

    from {{ ref('rpt_personas') }} as personas

    where customers > 0

)

select
    counted.persona as counted_persona,
    reported.persona,
    counted.customers as counted_customers,
    reported.customers

from counted
full outer join reported on counted.persona = reported.persona

where
    (counted.persona is null and (select count(*) from {{ ref('rpt_personas') }}) > 0)
    or (counted.persona is not null and counted.customers is distinct from reported.customers)
    or (reported.persona is not null and (reported.persona_en is null or reported.persona_zh is null))
    or reported.all_customers <> reported.customers_of_all
    or abs(reported.customer_share - 1.0 * reported.customers / reported.all_customers) > 0.000001
    -- the amount of each customer is rounded as well
    or abs(reported.mean_order_amount - counted.mean_order_amount) > 0.011
    {%- for mean in ['mean_discounted_share', 'mean_store_share'] %}
    or abs(reported.{{ mean }} - counted.{{ mean }}) > 0.000002
    {%- endfor %}
    {%- for mean in ['mean_recency_days', 'mean_tenure_days', 'mean_orders_365d'] %}
    or abs(reported.{{ mean }} - counted.{{ mean }}) > 0.0051
    {%- endfor %}
