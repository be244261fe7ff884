-- includes persons without events, so that keys do not depend on identity resolution
with customers as (

    select customer_id from {{ ref('stg_shop__events') }}

    union

    select account_id as customer_id from {{ ref('stg_shop__orders') }}

    union

    select guest_id as customer_id from {{ ref('stg_shop__orders') }}

    union

    select customer_id from {{ ref('stg_shop__customers') }}

    union

    select customer_id from {{ ref('base_shop__identity_links') }}
    where rejection_reason is null

),

visitors as (

    select visitor_id from {{ ref('stg_shop__events') }}

    union

    select identifier as visitor_id
    from {{ ref('base_shop__identity_links') }}
    where rejection_reason is null and identifier_type = 'visitor'

),

ids as (

    select
        customer_id as person_id,
        customer_id,
        cast(null as {{ dbt.type_string() }}) as visitor_id

    from customers

    where customer_id is not null

    union all

    select
        'visitor:' || visitor_id as person_id,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        visitor_id

    from visitors

    where visitor_id is not null

),

-- a customer id may equal the id of an anonymous visitor: the marts cannot tell them apart, so they are one person
persons as (

    select
        person_id,
        max(customer_id) as customer_id,
        max(visitor_id) as visitor_id

    from ids

    group by person_id

),

final as (

    select
        row_number() over (order by {{ binary_collation('person_id') }}) as person_key,
        person_id,
        customer_id,
        visitor_id

    from persons

)

select * from final
