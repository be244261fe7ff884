{% set log_of_one_more = 'ln(1 + cast(coalesce({number}, 0) as ' ~ type_double() ~ '))' -%} {#- the model uses orders of magnitude -#}
with customers as (

    select * from {{ ref('int_order_features') }}

),

sessions_with_orders as (

    select distinct converted_session_key as session_key
    from {{ ref('int_order_events') }}
    where event_name = 'place_order'

),

-- only sessions with a login, because other visitors may have been identified after the snapshot date
sessions as (

    select
        persons.customer_id,
        {{ shop_date('visits.ended_at') }} as ended_date,
        visits.cart_adds > 0 and sessions_with_orders.session_key is null as is_cart_left

    from {{ ref('int_visits') }} as visits
    inner join {{ ref('int_persons') }} as persons on visits.person_key = persons.person_key
    left join sessions_with_orders on visits.session_key = sessions_with_orders.session_key

    where visits.identity_strength = 5

),

known_sessions as (

    select
        customers.snapshot_date,
        customers.customer_id,
        sessions.is_cart_left,
        {{ dbt.datediff('sessions.ended_date', 'customers.snapshot_date', 'day') }} as age_days

    from customers
    inner join sessions
        on customers.customer_id = sessions.customer_id and customers.snapshot_date >= sessions.ended_date

),

visits as (

    select
        snapshot_date,
        customer_id,
        count(case when age_days < 30 then 1 end) as sessions_30d,
        count(case when age_days < 90 then 1 end) as sessions_90d,
        count(case when age_days >= 90 then 1 end) as sessions_90d_before,
        count(case when is_cart_left and age_days < 30 then 1 end) as carts_left_30d

    from known_sessions

    where age_days < 180

    group by snapshot_date, customer_id

),

known_interactions as (

    select
        snapshot_dates.snapshot_date,
        interactions.*,
        {{ dbt.datediff('interactions.occurred_date', 'snapshot_dates.snapshot_date', 'day') }} as age_days

    from {{ ref('int_customer_interactions') }} as interactions
    inner join {{ ref('int_snapshot_dates') }} as snapshot_dates
        on interactions.occurred_date <= snapshot_dates.snapshot_date

    where snapshot_dates.is_scored or snapshot_dates.label_through is not null

),

interactions as (

    select
        snapshot_date,
        customer_id,
        count(case when ticket_type = 'complaint' and age_days < 90 then 1 end) as complaints_90d,
        sum(case when transaction_type = 'earn' then points else 0 end) as points_earned_365d,
        sum(case when transaction_type = 'redeem' then points else 0 end) as points_redeemed_365d

    from known_interactions

    where age_days < 365

    group by snapshot_date, customer_id

),

consents as (

    select
        customers.snapshot_date,
        customers.customer_id,
        count(case when consents.is_subscribed then 1 end) as subscribed_channels,
        count(case when not consents.is_subscribed then 1 end) as unsubscribed_channels

    from customers
    inner join {{ ref('int_consents') }} as consents
        on
            customers.customer_id = consents.customer_id
            and customers.snapshot_date >= consents.changed_date
            and (customers.snapshot_date < consents.next_changed_date or consents.next_changed_date is null)

    group by customers.snapshot_date, customers.customer_id

),

-- the features are in the order of the macro churn_features, which the logistic fit relies on
final as (

    select
        customers.snapshot_date,
        customers.customer_id,
        customers.is_as_of,
        customers.is_scored,
        customers.is_in_sample,
        outcomes.label_through,
        outcomes.churned,
        {{ log_of_one_more.format(number='customers.recency_days') }} as recency,
        {{ log_of_one_more.format(number='overdue.overdue_ratio') }} as overdue,
        {% for measure in ['orders_30d', 'orders_90d', 'orders_365d', 'amount_30d', 'amount_90d', 'amount_365d', 'repeat_days'] -%}
        {{ log_of_one_more.format(number='customers.' ~ measure) }} as {{ measure }},
        {% endfor -%}
        {{ log_of_one_more.format(number='customers.observed_days') }} as tenure,
        {% for measure in ['amount_variation', 'gap_variation', 'discounted_share', 'returned_share'] -%}
        cast(customers.{{ measure }} as {{ type_double() }}) as {{ measure }},
        {% endfor -%}
        {{ log_of_one_more.format(number='interactions.complaints_90d') }} as complaints_90d,
        {{ log_of_one_more.format(number='visits.sessions_30d') }} as sessions_30d,
        {{ log_of_one_more.format(number='visits.sessions_90d') }} as sessions_90d,
        {{ log_of_one_more.format(number='visits.sessions_90d') }} - {{ log_of_one_more.format(number='visits.sessions_90d_before') }} as sessions_change,
        {{ log_of_one_more.format(number='visits.carts_left_30d') }} as carts_left_30d,
        {{ log_of_one_more.format(number='interactions.points_earned_365d') }} as points_earned_365d,
        {{ log_of_one_more.format(number='interactions.points_redeemed_365d') }} as points_redeemed_365d,
        cast(coalesce(consents.subscribed_channels, 0) as {{ type_double() }}) as subscribed_channels,
        cast(coalesce(consents.unsubscribed_channels, 0) as {{ type_double() }}) as unsubscribed_channels

    from customers
    inner join {{ ref('int_customer_overdue') }} as overdue
        on customers.snapshot_date = overdue.snapshot_date and customers.customer_id = overdue.customer_id
    left join {{ ref('int_snapshot_outcomes') }} as outcomes
        on customers.snapshot_date = outcomes.snapshot_date and customers.customer_id = outcomes.customer_id
    left join visits on customers.snapshot_date = visits.snapshot_date and customers.customer_id = visits.customer_id
    left join interactions on customers.snapshot_date = interactions.snapshot_date and customers.customer_id = interactions.customer_id
    left join consents on customers.snapshot_date = consents.snapshot_date and customers.customer_id = consents.customer_id

)

select * from final
