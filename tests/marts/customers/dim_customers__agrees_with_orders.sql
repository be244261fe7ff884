-- Everyone who registered, ordered or was identified in a session is in dim_customers, and lifetime totals match the
-- customer's valid orders in fct_orders.
with persons as (

    select customer_id
    from {{ ref('int_customers_resolved') }}

    union

    select customer_id
    from {{ ref('fct_orders') }}
    where customer_id is not null

    union

    select customer_id
    from {{ ref('fct_sessions') }}
    where customer_id is not null

),

ordered as (

    select
        customer_id,
        count(*) as lifetime_orders,
        sum(net_amount) as lifetime_net_amount,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        max(order_number) as last_order_number

    from {{ ref('fct_orders') }}

    where is_valid and customer_id is not null

    group by customer_id

)

select
    customers.customer_id,
    persons.customer_id as person_id,
    customers.lifetime_orders,
    ordered.lifetime_orders as orders,
    customers.lifetime_net_amount,
    ordered.lifetime_net_amount as net_amount

from {{ ref('dim_customers') }} as customers
full outer join persons on customers.customer_id = persons.customer_id
left join ordered on persons.customer_id = ordered.customer_id

where
    customers.customer_id is null
    or persons.customer_id is null
    or customers.lifetime_orders <> coalesce(ordered.lifetime_orders, 0)
    or customers.lifetime_orders <> coalesce(ordered.last_order_number, 0)
    or customers.lifetime_net_amount <> coalesce(ordered.lifetime_net_amount, 0)
    or customers.first_order_date is distinct from ordered.first_order_date
    or customers.last_order_date is distinct from ordered.last_order_date
    or (customers.lifecycle_stage = 'prospect') <> (ordered.customer_id is null)
