with persons as (

    select coalesce(customer_id, 'visitor:' || visitor_id) as person_id
    from {{ ref('int_events_countable') }}
    where left_out_reason is null and coalesce(customer_id, visitor_id) is not null

    union

    select customer_id as person_id
    from {{ ref('int_visitor_identities') }}

    union

    select customer_id as person_id
    from {{ ref('int_orders') }}
    where customer_id is not null

),

final as (

    select
        person_id,
        row_number() over (order by {{ byte_order('person_id') }}) as person_key

    from persons

)

select * from final
