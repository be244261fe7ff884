{%- set attributes = ['channel', 'device', 'source', 'medium', 'campaign'] -%}

with events as (

    select
        session_events.*,
        -- few events are tied, and sorting all events would cost more than the rest of this model
        1 as tie_number

    from {{ ref('int_session_events') }} as session_events

    where tied_event_key is null

    union all

    select
        session_events.*,
        row_number() over (
            partition by session_key, occurred_at order by {{ binary_collation('tied_event_key') }}
        ) as tie_number

    from {{ ref('int_session_events') }} as session_events

    where tied_event_key is not null

),

touches as (

    select * from {{ ref('int_touches') }}

),

numbered as (

    select
        events.*,
        {% for attribute in attributes -%}
        touches.{{ attribute }}_key,
        {% endfor -%}
        {{ microseconds_between("timestamp '1970-01-01 00:00:00'", 'events.occurred_at') }} * 1000 + events.tie_number
            as event_number

    from events
    inner join touches on events.touch_key = touches.touch_key

),

described as (

    select
        session_key,
        max(session_id) as given_session_id,
        {% for attribute in attributes -%}
        {{ first_known(attribute ~ '_key') }} as {{ attribute }}_key,
        {% endfor -%}
        {{ first_known('page') }} as landing_page,
        {{ first_known('page', is_last=true) }} as exit_page

    from numbered

    group by session_key

),

visits as (

    select * from {{ ref('int_visits') }}

),

session_orders as (

    select
        order_events.converted_session_key as session_key,
        count(case when order_events.event_name = 'place_order' then orders.order_id end) as placed_orders,
        count(case when order_events.event_name = 'place_order' and orders.is_valid then 1 end) as orders,
        sum(case when order_events.event_name = 'place_order' then orders.net_amount end) as net_amount,
        count(case when order_events.event_name = 'place_order' then 1 end) as placements,
        count(case when orders.is_valid or (order_events.event_name = 'pay' and order_events.is_tracked) then 1 end) as payments

    from {{ ref('int_order_events') }} as order_events
    left join {{ ref('int_orders') }} as orders on order_events.order_id = orders.order_id

    where order_events.converted_session_key is not null

    group by order_events.converted_session_key

),

{% for attribute in attributes -%}
{{ attribute }}_values as (

    select distinct
        {{ attribute }}_key,
        {{ attribute }}

    from touches

    where {{ attribute }}_key is not null

),

{% endfor -%}

-- without attributes, so that the sort moves little data
session_numbers as (

    select
        session_key,
        {{ to_shop_time('started_at') }} as started_at_local,
        row_number() over (partition by person_key order by started_at, session_key) as session_number

    from visits

),

final as (

    select
        visits.session_key,
        visits.person_key,
        md5(
            -- the length prefix makes every pair of person and session unique
            length(persons.person_id) || '|' || persons.person_id || case
                when described.given_session_id is not null then '|given|' || described.given_session_id
                else '|started|' || cast({{ microseconds_between("timestamp '1970-01-01 00:00:00'", 'visits.started_at') }} as {{ dbt.type_string() }})
            end
        ) as session_id,
        persons.person_id,
        persons.customer_id,
        cast(session_numbers.session_number as integer) as session_number,
        session_numbers.session_number = 1 as is_new_visitor,
        case visits.identity_strength
            when 5 then 'customer_id' when 4 then 'next_login' when 3 then 'previous_login' when 2 then 'visitor_link'
            else 'visitor'
        end as identity_rule,
        visits.started_at,
        visits.ended_at,
        cast(session_numbers.started_at_local as date) as session_date,
        cast(extract(hour from session_numbers.started_at_local) as integer) as session_hour,
        cast(floor({{ microseconds_between('visits.started_at', 'visits.ended_at') }} / 1000000.0) as bigint) as duration_seconds,
        visits.events,
        {% for attribute in attributes -%}
        cast(coalesce(described.{{ attribute }}_key, 0) as integer) as {{ attribute }}_key,
        coalesce({{ attribute }}_values.{{ attribute }}, 'unknown') as {{ attribute }},
        {% endfor -%}
        described.landing_page,
        described.exit_page,
        visits.events = 1 as is_bounce,
        visits.pages + visits.category_views + visits.product_views as page_views,
        visits.category_views,
        visits.searches,
        visits.product_views,
        visits.cart_adds,
        visits.checkouts,
        visits.payment_failures,
        visits.first_cart_add_at,
        visits.first_checkout_at,
        cast(coalesce(session_orders.placed_orders, 0) as integer) as placed_orders,
        cast(coalesce(session_orders.orders, 0) as integer) as orders,
        cast(coalesce(session_orders.net_amount, 0) as numeric(18, 2)) as net_amount,
        coalesce(session_orders.placements > 0, false) as has_placed_order,
        coalesce(session_orders.payments > 0, false) as has_paid

    from visits
    inner join described on visits.session_key = described.session_key
    inner join session_numbers on visits.session_key = session_numbers.session_key
    inner join {{ ref('int_persons') }} as persons on visits.person_key = persons.person_key
    left join session_orders on visits.session_key = session_orders.session_key
    {% for attribute in attributes -%}
    left join {{ attribute }}_values on described.{{ attribute }}_key = {{ attribute }}_values.{{ attribute }}_key
    {% endfor %}
)

select * from final
