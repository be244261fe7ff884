with keys as (

    select person_key from {{ ref('int_touched_persons') }}

    union

    -- an order came into, or left, a session of theirs
    select cast(redone_key as bigint) as person_key
    from {{ redone('int_order_sessions', 'person_key') }} as redone_order_sessions

    union

    -- an order in a session of theirs was changed or refunded, whoever placed it
    select order_sessions.person_key
    from {{ ref('int_order_sessions') }} as order_sessions
    inner join {{ redone('int_orders_settled', 'order_id') }} as redone_orders
        on order_sessions.order_id = redone_orders.redone_key

    union

    -- the shop began to tell of orders or payments by events: what its orders told counts for nobody any more
    select persons.person_key
    from {{ ref('int_persons') }} as persons
    cross join {{ redone('int_order_event_names', 'event_name') }} as redone_names

),

final as (

    select
        keys.person_key,
        persons.person_id

    from keys
    inner join {{ ref('int_persons') }} as persons on keys.person_key = persons.person_key

)

select * from final
