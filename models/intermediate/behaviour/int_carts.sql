with sessions as (

    select * from {{ ref('int_sessions') }}

),

order_events as (

    select * from {{ ref('int_order_events') }}

),

orders as (

    select
        orders.ordered_at as paid_at,
        persons.person_key,
        sessions.person_key as session_person_key

    from {{ ref('int_orders') }} as orders
    left join {{ ref('int_persons') }} as persons on orders.customer_id = persons.person_id
    left join order_events on orders.order_id = order_events.order_id and order_events.event_name = 'place_order'
    left join sessions on order_events.converted_session_key = sessions.session_key

    where orders.is_valid

),

-- an order is a payment of its buyer and of the person whose session placed it; events may have payments of orders that are
-- not in the export
payments as (

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

    from order_events

    where event_name = 'pay' and is_tracked

),

cart_units as (

    select
        session_key,
        product_id,
        sum(case when event_name = 'add_to_cart' then 1 else -1 end) as units

    from {{ ref('int_session_events') }}

    where event_name in ('add_to_cart', 'remove_from_cart') and product_id is not null

    group by session_key, product_id

),

cart_values as (

    select
        cart_units.session_key,
        cast(sum(cart_units.units * products.list_price) as numeric(18, 2)) as cart_amount

    from cart_units
    inner join {{ ref('stg_shop__products') }} as products on cart_units.product_id = products.product_id

    where cart_units.units > 0

    group by cart_units.session_key

),

starts_and_payments as (

    {% for kind, started_at in {'cart': 'first_cart_add_at', 'checkout': 'first_checkout_at'}.items() -%}
    select
        person_key,
        session_id,
        session_key,
        '{{ kind }}' as kind,
        {{ started_at }} as happened_at,
        cast(null as timestamp) as paid_at

    from sessions

    where {{ started_at }} is not null

    union all

    {% endfor -%}
    select
        person_key,
        null as session_id,
        null as session_key,
        'payment' as kind,
        paid_at as happened_at,
        paid_at

    from payments

),

next_payments as (

    select
        starts_and_payments.*,
        min(paid_at) over (
            partition by person_key order by happened_at desc range between unbounded preceding and current row
        ) as next_paid_at

    from starts_and_payments

),

final as (

    select
        next_payments.session_id,
        next_payments.kind,
        next_payments.happened_at as started_at,
        -- a cart that is not mature may still be paid for, so is_abandoned is not final
        next_payments.happened_at + interval '{{ var("cart_abandonment_hours") }} hours' <= as_of.as_of_end_at as is_mature,
        coalesce(
            next_payments.next_paid_at > next_payments.happened_at + interval '{{ var("cart_abandonment_hours") }} hours', true
        ) as is_abandoned,
        case when next_payments.kind = 'cart' then cart_values.cart_amount end as cart_amount

    from next_payments
    cross join {{ ref('int_as_of') }} as as_of
    left join cart_values on next_payments.session_key = cart_values.session_key

    where next_payments.kind <> 'payment'

)

select * from final
