with final as (

    -- their events were added, changed, or given to somebody else
    select cast(redone_key as bigint) as person_key
    from {{ redone('int_events_identified', 'person_key') }} as redone_events

    union

    -- their orders were
    select persons.person_key
    from {{ ref('int_persons') }} as persons
    inner join {{ redone('int_orders_settled', 'customer_id') }} as redone_orders
        on persons.person_id = redone_orders.redone_key

)

select * from final
