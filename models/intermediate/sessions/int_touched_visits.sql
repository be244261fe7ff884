with keys as (

    select person_key from {{ ref('int_touched_persons') }}

    union

    -- an order came into, or left, a session of theirs
    select cast(redone_key as bigint) as person_key
    from {{ redone('int_order_sessions', 'person_key') }} as redone_order_sessions

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
