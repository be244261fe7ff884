-- a guest order whose session is known belongs to the visitor of the session
with visitors as (

    select distinct
        order_events.order_id,
        sessions.person_key

    from {{ ref('int_order_events') }} as order_events
    inner join {{ ref('int_sessions') }} as sessions on order_events.converted_session_key = sessions.session_key

    where order_events.order_id is not null

),

orders as (

    select
        orders.order_id,
        orders.ordered_at,
        coalesce(persons.person_key, visitors.person_key) as person_key

    from {{ ref('int_orders') }} as orders
    left join {{ ref('int_persons') }} as persons on orders.customer_id = persons.person_id
    left join visitors on orders.order_id = visitors.order_id

    where orders.is_valid

),

path_ends as (

    select
        order_id,
        ordered_at,
        person_key,
        row_number() over (partition by person_key order by ordered_at, {{ binary_collation('order_id') }}) as path_number

    from orders

    where person_key is not null

),

-- touches and orders of each person in one sequence; a touch in the second of an order comes before it
moments as (

    select
        person_key,
        started_at as happened_at,
        0 as orders,
        session_key

    from {{ ref('int_sessions') }}

    where source_key <> 0

    union all

    select
        person_key,
        ordered_at as happened_at,
        1 as orders,
        null as session_key

    from path_ends

),

counted as (

    select
        moments.*,
        1 + sum(orders) over (
            partition by person_key order by happened_at, orders rows between unbounded preceding and current row
        ) as path_number

    from moments

),

-- touches that serve an order, and those whose time is over; younger ones may still serve an order
touches as (

    select
        sessions.session_key,
        sessions.session_id,
        sessions.person_key,
        sessions.started_at,
        sessions.source,
        counted.path_number,
        case
            when path_ends.ordered_at <= sessions.started_at + interval '{{ var("attribution_lookback_days") }} days' then path_ends.order_id
        end as order_id

    from counted
    inner join {{ ref('int_sessions') }} as sessions on counted.session_key = sessions.session_key
    left join path_ends on counted.person_key = path_ends.person_key and counted.path_number = path_ends.path_number
    cross join {{ ref('int_as_of') }} as as_of

    where
        path_ends.order_id is not null
        or sessions.started_at + interval '{{ var("attribution_lookback_days") }} days' < as_of.as_of_end_at

),

newest as (

    select
        touches.*,
        row_number() over (
            partition by person_key, path_number, order_id order by started_at desc, {{ binary_collation('session_id') }} desc
        ) as touches_left,
        count(*) over (partition by person_key, path_number, order_id) as all_touches

    from touches

),

final as (

    select
        session_key,
        person_key,
        cast(path_number as bigint) as path_number,
        order_id,
        source,
        started_at,
        cast(least(all_touches, 500) - touches_left + 1 as integer) as touch_number,
        cast(least(all_touches, 500) as integer) as touches,
        cast(all_touches as bigint) as all_touches

    from newest

    where touches_left <= 500

)

select * from final
