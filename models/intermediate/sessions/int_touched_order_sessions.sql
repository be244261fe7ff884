with persons as (

    select persons.person_id
    from {{ ref('int_persons') }} as persons
    inner join {{ ref('int_touched_persons') }} as touched_persons on persons.person_key = touched_persons.person_key

),

final as (

    select orders.order_id
    from {{ ref('int_orders_settled') }} as orders
    inner join persons on orders.customer_id = persons.person_id

    union

    -- orders that events name, whoever placed them
    select redone_key as order_id
    from {{ redone('int_session_events', 'order_id') }} as redone_events

    union

    select redone_key as order_id
    from {{ redone('int_orders_settled', 'order_id') }} as redone_orders

)

select * from final
