with snapshot_dates as (

    select snapshot_date from {{ ref('int_snapshot_dates') }}
    where is_scored

),

signals as (

    select * from {{ ref('churn_signals') }}

),

complaints as (

    select
        snapshot_dates.snapshot_date,
        tickets.customer_id,
        signals.threshold,
        sum(case
            when {{ dbt.datediff('tickets.occurred_date', 'snapshot_dates.snapshot_date', 'day') }} < signals.lookback_days then 1 else 0
        end) as recent_complaints,
        count(*) as complaints

    from {{ ref('int_customer_interactions') }} as tickets
    inner join snapshot_dates on tickets.occurred_date <= snapshot_dates.snapshot_date
    inner join signals on signals.signal = 'complaints_up'

    where
        tickets.ticket_type = 'complaint'
        and {{ dbt.datediff('tickets.occurred_date', 'snapshot_dates.snapshot_date', 'day') }} < 2 * signals.lookback_days

    group by snapshot_dates.snapshot_date, tickets.customer_id, signals.threshold

),

reviews as (

    select
        snapshot_dates.snapshot_date,
        reviews.customer_id,
        signals.threshold,
        count(reviews.rating) as ratings,
        sum(reviews.rating) as stars

    from {{ ref('int_customer_interactions') }} as reviews
    inner join snapshot_dates on reviews.occurred_date <= snapshot_dates.snapshot_date
    inner join signals on signals.signal = 'bad_reviews'

    where {{ dbt.datediff('reviews.occurred_date', 'snapshot_dates.snapshot_date', 'day') }} < signals.lookback_days

    group by snapshot_dates.snapshot_date, reviews.customer_id, signals.threshold

),

consents as (

    select
        snapshot_dates.snapshot_date,
        consents.customer_id,
        sum(case when consents.is_subscribed then 1 else 0 end) as subscribed_channels,
        max(case when not consents.is_subscribed then consents.changed_date end) as last_unsubscribed_date

    from {{ ref('int_consents') }} as consents
    inner join snapshot_dates
        on
            consents.changed_date <= snapshot_dates.snapshot_date
            and (consents.next_changed_date > snapshot_dates.snapshot_date or consents.next_changed_date is null)

    group by snapshot_dates.snapshot_date, consents.customer_id

),

final as (

    select
        snapshot_date,
        customer_id,
        'complaints_up' as signal

    from complaints

    where recent_complaints >= threshold and recent_complaints > complaints - recent_complaints

    union all

    select
        snapshot_date,
        customer_id,
        'bad_reviews' as signal

    from reviews

    where ratings > 0 and stars <= threshold * ratings

    union all

    select
        consents.snapshot_date,
        consents.customer_id,
        'unsubscribed' as signal

    from consents
    inner join snapshot_dates on consents.snapshot_date = snapshot_dates.snapshot_date
    inner join signals on signals.signal = 'unsubscribed'

    where
        consents.subscribed_channels <= signals.threshold
        and {{ dbt.datediff('consents.last_unsubscribed_date', 'snapshot_dates.snapshot_date', 'day') }} < signals.lookback_days

)

select * from final
