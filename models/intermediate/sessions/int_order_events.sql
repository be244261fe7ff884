with orders as (

    select
        orders.order_id,
        orders.order_date,
        orders.ordered_at,
        coalesce(orders.paid_at, case when orders.status not in ('placed', 'cancelled') then orders.ordered_at end) as paid_at,
        persons.person_key

    from {{ ref('int_orders') }} as orders
    left join {{ ref('int_persons') }} as persons on orders.customer_id = persons.person_id

),

sessions as (

    select
        session_key,
        person_key,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        max(occurred_at) + interval '{{ var("session_timeout_minutes") }} minutes' as closed_at

    from {{ ref('int_session_events') }}

    group by session_key, person_key

),

-- a confirmation page opened again repeats the order id; an id that the export lacks may be used by several people
events as (

    select
        orders.order_id,
        events.event_name,
        events.person_key,
        events.occurred_at,
        events.session_key,
        events.order_id is not null and row_number() over (
            partition by events.order_id, events.event_name, case when orders.order_id is null then events.person_key end
            order by events.occurred_at, events.session_key
        ) > 1 as is_repeated,
        row_number() over (partition by orders.order_id order by events.occurred_at, events.session_key) as order_event_number

    from {{ ref('int_session_events') }} as events
    left join orders on events.order_id = orders.order_id

    where events.order_id is not null or events.event_name in ('place_order', 'pay')

),

-- orders with a session, or of customers with events that day; session keys follow the start, so the largest is the latest
order_sessions as (

    select
        order_id,
        max(case when order_event_number = 1 then session_key end) as session_key,
        min(case when event_name = 'place_order' then occurred_at end) as place_order_at,
        min(case when event_name = 'pay' then occurred_at end) as pay_at

    from events

    where order_id is not null

    group by order_id

    union all

    select
        orders.order_id,
        max(case when orders.ordered_at between sessions.started_at and sessions.closed_at then sessions.session_key end) as session_key,
        null as place_order_at,
        null as pay_at

    from orders
    inner join sessions
        on orders.person_key = sessions.person_key and orders.ordered_at between sessions.started_at - interval '2 days' and sessions.closed_at + interval '2 days'
    left join events on orders.order_id = events.order_id

    where
        events.order_id is null
        and (
            orders.ordered_at between sessions.started_at and sessions.closed_at
            or orders.order_date in ({{ shop_date('sessions.started_at') }}, {{ shop_date('sessions.ended_at') }})
        )

    group by orders.order_id

),

candidates as (

    select
        events.*,
        true as is_tracked,
        coalesce(order_sessions.session_key, events.session_key) as converted_session_key

    from events
    left join order_sessions on events.order_id = order_sessions.order_id

    where events.event_name in ('place_order', 'pay') and not events.is_repeated

    -- clocks of visitors and shop differ by seconds, and nothing is paid before it is ordered
    {% for name, given, time in [('place_order', 'ordered_at', 'least(orders.ordered_at, order_sessions.pay_at)'), ('pay', 'paid_at', 'greatest(orders.paid_at, order_sessions.place_order_at)')] -%}
    union all

    select
        orders.order_id,
        '{{ name }}' as event_name,
        -- if one of the two is an event, both belong to its visitor, whom the shop may not know as a customer
        coalesce(case when coalesce(order_sessions.place_order_at, order_sessions.pay_at) is not null then sessions.person_key end, orders.person_key, sessions.person_key) as person_key,
        {{ time }} as occurred_at,
        case when {{ time }} between sessions.started_at and sessions.closed_at then sessions.session_key end as session_key,
        false as is_repeated,
        1 as order_event_number,
        false as is_tracked,
        order_sessions.session_key as converted_session_key

    from order_sessions
    inner join orders on order_sessions.order_id = orders.order_id
    left join sessions on order_sessions.session_key = sessions.session_key

    where order_sessions.{{ name }}_at is null and orders.{{ given }} is not null

    {% endfor %}
),

compared as (

    select
        candidates.*,
        count(case when not is_tracked then 1 end) over (
            partition by person_key, event_name order by occurred_at
            range between interval '{{ var("session_timeout_minutes") }} minutes' preceding
            and interval '{{ var("session_timeout_minutes") }} minutes' following
        ) as untracked_orders_nearby

    from candidates

),

-- an event that names no order of the export is the untracked order nearby
final as (

    select
        order_id,
        event_name,
        is_tracked,
        person_key,
        occurred_at,
        session_key,
        converted_session_key

    from compared

    where order_id is not null or untracked_orders_nearby = 0

)

select * from final
