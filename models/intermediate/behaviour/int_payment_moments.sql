with orders as (

    select
        orders.ordered_at as paid_at,
        persons.person_key,
        sessions.person_key as session_person_key

    from {{ ref('int_orders') }} as orders
    left join {{ ref('int_persons') }} as persons on orders.customer_id = persons.person_id
    left join {{ ref('int_order_sessions') }} as order_sessions on orders.order_id = order_sessions.order_id
    left join {{ ref('int_sessions') }} as sessions on order_sessions.session_key = sessions.session_key

    where orders.is_valid

),

-- the buyer's, and whose session placed it; a shop may see payments that its order export ties to nobody
final as (

    select
        person_key,
        paid_at

    from orders

    where person_key is not null

    union

    select
        session_person_key as person_key,
        paid_at

    from orders

    where session_person_key is not null

    union

    select
        person_key,
        occurred_at as paid_at

    from {{ ref('int_session_events') }}

    where event_name = 'pay'

)

select * from final
