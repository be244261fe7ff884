with cutoffs as (

    select * from {{ ref('int_cutoffs') }}
    where is_judged

),

signals as (

    select * from {{ ref('churn_signals') }}

),

sessions as (

    select
        cutoffs.cutoff_date,
        sessions.customer_id,
        signals.threshold,
        signals.minimum_before,
        sum(case
            when {{ dbt.datediff('sessions.session_date', 'cutoffs.cutoff_date', 'day') }} < signals.lookback_days then 1 else 0
        end) as recent_sessions,
        count(*) as sessions

    from {{ ref('fct_sessions') }} as sessions
    inner join cutoffs
        on
            sessions.session_date <= cutoffs.cutoff_date
            -- the past does not know who a visitor would turn out to be
            and (cutoffs.is_as_of or sessions.identity_rule = 'customer_id')
    inner join signals on signals.signal = 'visits_halved'

    where
        sessions.customer_id is not null
        and {{ dbt.datediff('sessions.session_date', 'cutoffs.cutoff_date', 'day') }} < 2 * signals.lookback_days

    group by cutoffs.cutoff_date, sessions.customer_id, signals.threshold, signals.minimum_before

),

last_orders as (

    select
        cutoff_date,
        customer_id,
        max(ordered_at) as last_ordered_at

    from {{ ref('int_cutoff_purchases') }}

    where is_judged

    group by cutoff_date, customer_id

),

cart_adds as (

    select
        cutoffs.cutoff_date,
        persons.customer_id,
        events.occurred_at,
        {{ dbt.datediff(shop_date('events.occurred_at'), 'cutoffs.cutoff_date', 'day') }} as days_ago

    from {{ ref('int_session_events') }} as events
    inner join {{ ref('int_sessions') }} as sessions on events.session_key = sessions.session_key
    inner join cutoffs
        on
            {{ shop_date('events.occurred_at') }} <= cutoffs.cutoff_date
            and (cutoffs.is_as_of or sessions.identity_rule = 'customer_id')
    inner join {{ ref('int_persons') }} as persons on events.person_key = persons.person_key

    where events.event_name = 'add_to_cart' and persons.customer_id is not null

),

final as (

    select
        cutoff_date,
        customer_id,
        'visits_halved' as signal

    from sessions

    where
        sessions - recent_sessions >= minimum_before
        and recent_sessions <= threshold * (sessions - recent_sessions)

    union

    select
        cart_adds.cutoff_date,
        cart_adds.customer_id,
        'cart_left' as signal

    from cart_adds
    inner join last_orders
        on cart_adds.cutoff_date = last_orders.cutoff_date and cart_adds.customer_id = last_orders.customer_id
    inner join signals on signals.signal = 'cart_left'

    where
        cart_adds.days_ago >= signals.threshold
        and cart_adds.days_ago <= signals.lookback_days
        and cart_adds.occurred_at > last_orders.last_ordered_at

)

select * from final
