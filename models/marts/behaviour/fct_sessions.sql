with sessions as (

    select * from {{ ref('int_sessions') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

session_orders as (

    select * from {{ ref('int_session_orders') }}

),

numbered as (

    select
        sessions.*,
        {{ to_shop_time('sessions.started_at') }} as started_at_local,
        row_number() over (
            partition by sessions.person_key order by sessions.started_at, sessions.session_key
        ) as session_number

    from sessions

),

final as (

    select
        numbered.session_id,
        persons.person_id,
        persons.customer_id,
        cast(numbered.session_number as integer) as session_number,
        numbered.session_number = 1 as is_new_visitor,
        case numbered.identity_strength
            when 5 then 'customer_id' when 4 then 'next_login' when 3 then 'previous_login' when 2 then 'visitor_link'
            else 'visitor'
        end as identity_rule,
        numbered.started_at,
        numbered.ended_at,
        cast(numbered.started_at_local as date) as session_date,
        cast(extract(hour from numbered.started_at_local) as integer) as session_hour,
        {{ seconds_between('numbered.started_at', 'numbered.ended_at') }} as duration_seconds,
        cast(numbered.events as integer) as events,
        {% for attribute in ['channel', 'device', 'source', 'medium', 'campaign'] -%}
        coalesce(numbered.{{ attribute }}, 'unknown') as {{ attribute }},
        {% endfor -%}
        numbered.landing_page,
        numbered.exit_page,
        numbered.events = 1 as is_bounce,
        cast(numbered.page_views + numbered.category_views + numbered.product_views as integer) as page_views,
        {% for counted in ['category_views', 'searches', 'product_views', 'cart_adds', 'checkouts', 'payment_failures'] -%}
        cast(numbered.{{ counted }} as integer) as {{ counted }},
        {% endfor -%}
        cast(coalesce(session_orders.placed_orders, 0) as integer) as placed_orders,
        cast(coalesce(session_orders.orders, 0) as integer) as orders,
        cast(coalesce(session_orders.net_amount, 0) as numeric(18, 2)) as net_amount,
        coalesce(numbered.place_orders > 0 or session_orders.placed_orders > 0, false) as has_placed_order,
        coalesce(numbered.payments > 0 or session_orders.orders > 0, false) as has_paid

    from numbered
    inner join persons on numbered.person_key = persons.person_key
    left join session_orders on numbered.session_key = session_orders.session_key

)

select * from final
