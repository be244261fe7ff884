{%- set is_recent = 'coalesce(activities.age_days < signals.lookback_days, true)' -%}

with snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}
    where is_scored

),

last_orders as (

    select
        snapshot_date,
        customer_id,
        max(ordered_at) as last_ordered_at

    from {{ ref('int_snapshot_purchases') }}

    group by snapshot_date, customer_id

),

activities as (

    {% for measure, amount in {
        'orders': '1', 'order_amount': 'net_amount', 'refunded_orders': 'case when refunded_amount > 0 then 1 else 0 end',
    }.items() -%}
    select
        purchases.snapshot_date,
        purchases.customer_id,
        '{{ measure }}' as measure,
        purchases.age_days,
        cast({{ amount }} as numeric(24, 4)) as amount
    from {{ ref('int_snapshot_purchases') }} as purchases
    inner join snapshot_dates on purchases.snapshot_date = snapshot_dates.snapshot_date
    union all
    {% endfor -%}
    select
        snapshot_dates.snapshot_date,
        sessions.customer_id,
        'sessions' as measure,
        {{ dbt.datediff('sessions.session_date', 'snapshot_dates.snapshot_date', 'day') }} as age_days,
        1 as amount
    from {{ ref('int_sessions') }} as sessions
    inner join snapshot_dates on sessions.session_date <= snapshot_dates.snapshot_date
    -- past dates exclude visitors who were identified later
    where snapshot_dates.is_as_of or sessions.identity_rule = 'customer_id'
    union all
    select
        snapshot_dates.snapshot_date,
        sessions.customer_id,
        'cart_adds' as measure,
        {{ dbt.datediff(shop_date('events.occurred_at'), 'snapshot_dates.snapshot_date', 'day') }} as age_days,
        1 as amount
    from {{ ref('int_session_events') }} as events
    inner join {{ ref('int_sessions') }} as sessions on events.session_key = sessions.session_key
    inner join last_orders
        on sessions.customer_id = last_orders.customer_id and events.occurred_at > last_orders.last_ordered_at
    inner join snapshot_dates
        on
            last_orders.snapshot_date = snapshot_dates.snapshot_date
            and {{ shop_date('events.occurred_at') }} <= snapshot_dates.snapshot_date
    where
        events.event_name = 'add_to_cart'
        and (snapshot_dates.is_as_of or sessions.identity_rule = 'customer_id')
    union all
    {% for measure, amount, condition in [
        ('complaints', '1', "interactions.ticket_type = 'complaint'"), ('ratings', 'interactions.rating', 'interactions.rating is not null'),
    ] -%}
    select
        snapshot_dates.snapshot_date,
        interactions.customer_id,
        '{{ measure }}' as measure,
        {{ dbt.datediff('interactions.occurred_date', 'snapshot_dates.snapshot_date', 'day') }} as age_days,
        {{ amount }} as amount
    from {{ ref('int_customer_interactions') }} as interactions
    inner join snapshot_dates on interactions.occurred_date <= snapshot_dates.snapshot_date
    where {{ condition }}
    union all
    {% endfor -%}
    select
        snapshot_dates.snapshot_date,
        consents.customer_id,
        'channels_left' as measure,
        {{ dbt.datediff("max(case when not is_subscribed then changed_date end)", 'snapshot_dates.snapshot_date', 'day') }} as age_days,
        cast(sum(case when consents.is_subscribed then 1 else 0 end) as integer) as amount
    from {{ ref('int_consents') }} as consents
    inner join snapshot_dates
        on
            consents.changed_date <= snapshot_dates.snapshot_date
            and (consents.next_changed_date > snapshot_dates.snapshot_date or consents.next_changed_date is null)
    group by snapshot_dates.snapshot_date, consents.customer_id
    having count(case when not consents.is_subscribed then 1 end) > 0
    union all
    select
        overdue.snapshot_date,
        overdue.customer_id,
        'overdue_ratio' as measure,
        0 as age_days,
        overdue.overdue_ratio as amount
    from {{ ref('int_customer_overdue') }} as overdue
    inner join snapshot_dates on overdue.snapshot_date = snapshot_dates.snapshot_date
    where overdue.overdue_ratio is not null

),

-- rules other than mean_falls compare with the previous period, not with the whole history
measured as (

    select
        activities.snapshot_date,
        activities.customer_id,
        signals.signal,
        sum(case when {{ is_recent }} then 1 else 0 end) as recent,
        sum(case when {{ is_recent }} then 0 else 1 end) as earlier,
        sum(case when {{ is_recent }} then activities.amount else 0 end) as recent_amount,
        sum(case when {{ is_recent }} then 0 else activities.amount end) as earlier_amount,
        sum(case when activities.age_days between signals.threshold and signals.lookback_days then 1 else 0 end) as within_days

    from activities
    inner join {{ ref('churn_signals') }} as signals on activities.measure = signals.measure

    where signals.rule = 'mean_falls' or coalesce(activities.age_days < 2 * signals.lookback_days, true)

    group by activities.snapshot_date, activities.customer_id, signals.signal

),

-- ratios are compared by cross-multiplication to avoid rounding
final as (

    select
        measured.snapshot_date,
        measured.customer_id,
        measured.signal,
        signals.warning_points,
        row_number() over (
            partition by measured.snapshot_date, measured.customer_id order by signals.weight desc, {{ binary_collation('measured.signal') }}
        ) as signal_rank

    from measured
    inner join {{ ref('churn_signals') }} as signals on measured.signal = signals.signal

    where
        measured.customer_id is not null
        and case signals.rule
            when 'count_falls' then measured.earlier >= signals.minimum_before and measured.recent <= signals.threshold * measured.earlier
            when 'count_rises' then measured.recent >= signals.threshold and measured.recent > measured.earlier
            when 'mean_falls'
                then
                    measured.recent > 0 and measured.earlier >= signals.minimum_before and measured.earlier_amount > 0
                    and measured.recent_amount * measured.earlier <= signals.threshold * measured.earlier_amount * measured.recent
            when 'mean_at_least' then measured.recent > 0 and measured.recent_amount >= signals.threshold * measured.recent
            when 'mean_at_most' then measured.recent > 0 and measured.recent_amount <= signals.threshold * measured.recent
            when 'within_days' then measured.within_days > 0
        end

)

select * from final
