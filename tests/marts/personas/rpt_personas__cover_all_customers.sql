-- Guards that, where there are personas, every customer with a valid order has one of them, the same in dim_customers, and that
-- shares follow from the columns beside them.
with counted as (

    select
        persona,
        count(*) as customers

    from {{ ref('dim_customers') }}

    where lifetime_orders > 0

    group by persona

),

reported as (

    select
        persona,
        customers,
        all_customers,
        customer_share,
        sum(customers) over () as customers_of_all,
        persona_en,
        persona_zh

    from {{ ref('rpt_personas') }}

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
