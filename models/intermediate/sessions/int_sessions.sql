with events as (

    select * from {{ ref('int_events_sessionized') }}

),

-- aggregates that compare times and keys hold several times the memory of those that compare a number
ordered as (

    select
        events.*,
        row_number() over (partition by person_key order by occurred_at, {{ byte_order('event_key') }}) as event_number

    from events

),

sessions as (

    select
        person_key,
        given_session_id,
        visit_anchor_at,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        count(*) as events,
        {% for attribute in ['channel', 'device', 'source', 'medium', 'campaign'] -%}
        {{ first_known(attribute) }} as {{ attribute }},
        {% endfor -%}
        {{ first_known('page') }} as landing_page,
        {{ last_known('page') }} as exit_page,
        {% for counted, event in {
            'page_views': 'view_page', 'category_views': 'view_category', 'searches': 'search', 'product_views': 'view_product',
            'cart_adds': 'add_to_cart', 'checkouts': 'begin_checkout', 'place_orders': 'place_order', 'payments': 'pay',
            'payment_failures': 'payment_failed',
        }.items() -%}
        count(case when event_name = '{{ event }}' then 1 end) as {{ counted }},
        {% endfor -%}
        min(case when event_name = 'add_to_cart' then occurred_at end) as first_cart_add_at,
        min(case when event_name = 'begin_checkout' then occurred_at end) as first_checkout_at,
        max(case identity_rule
            when 'customer_id' then 5 when 'next_login' then 4 when 'previous_login' then 3 when 'visitor_link' then 2 else 1
        end) as identity_strength

    from ordered

    group by person_key, given_session_id, visit_anchor_at

),

-- numbered apart from their attributes: the sort then moves little
numbered as (

    select
        person_key,
        given_session_id,
        visit_anchor_at,
        row_number() over (
            order by person_key, started_at, {{ byte_order('given_session_id') }}
        ) as session_key

    from sessions

),

final as (

    select
        numbered.session_key,
        md5(
            -- with its length before it, no two pairs of person and session read alike
            length(persons.person_id) || '|' || persons.person_id || case
                when sessions.given_session_id <> '' then '|given|' || sessions.given_session_id
                else '|started|' || cast({{ microseconds_between("timestamp '1970-01-01 00:00:00'", 'sessions.started_at') }} as {{ dbt.type_string() }})
            end
        ) as session_id,
        sessions.*

    from sessions
    inner join numbered
        on
            sessions.person_key = numbered.person_key
            and sessions.given_session_id = numbered.given_session_id
            and sessions.visit_anchor_at = numbered.visit_anchor_at
    inner join {{ ref('int_persons') }} as persons on sessions.person_key = persons.person_key

)

select * from final
