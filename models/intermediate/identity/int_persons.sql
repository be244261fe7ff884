with identified as (

    select
        customer_id as person_id,
        customer_id

    from {{ ref('int_events_countable') }}

    where left_out_reason is null and customer_id is not null

    union

    select
        customer_id as person_id,
        customer_id

    from {{ ref('int_visitor_identities') }}

    union

    select
        customer_id as person_id,
        customer_id

    from {{ ref('int_orders_settled') }}

    where customer_id is not null

    union

    select
        'visitor:' || visitor_id as person_id,
        cast(null as {{ dbt.type_string() }}) as customer_id

    from {{ ref('int_events_countable') }}

    where left_out_reason is null and customer_id is null and visitor_id is not null

),

-- a customer may be called as an anonymous visitor is
persons as (

    select
        person_id,
        max(customer_id) as customer_id

    from identified

    group by person_id

),

first_orders as (

    select
        customer_id,
        ordered_at

    from {{ ref('int_purchases') }}

    where order_number = 1

),

final as (

    select
        row_number() over (order by {{ byte_order('persons.person_id') }}) as person_key,
        persons.person_id,
        persons.customer_id,
        first_orders.ordered_at as first_ordered_at

    from persons
    left join first_orders on persons.customer_id = first_orders.customer_id

)

select * from final
