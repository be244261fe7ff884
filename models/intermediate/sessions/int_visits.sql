with final as (

    select
        session_key,
        person_key,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        max(identity_strength) as identity_strength,
        cast(count(*) as integer) as events,
        {% for counted, event in {
            'pages': 'view_page', 'category_views': 'view_category', 'searches': 'search', 'product_views': 'view_product',
            'cart_adds': 'add_to_cart', 'checkouts': 'begin_checkout', 'payment_failures': 'payment_failed',
        }.items() -%}
        cast(count(case when event_name = '{{ event }}' then 1 end) as integer) as {{ counted }},
        {% endfor -%}
        min(case when event_name = 'add_to_cart' then occurred_at end) as first_cart_add_at,
        min(case when event_name = 'begin_checkout' then occurred_at end) as first_checkout_at

    from {{ ref('int_session_events') }}

    group by session_key, person_key

)

select * from final
