with as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

signals as (

    select * from {{ ref('churn_signals') }}

),

complaints as (

    select
        tickets.customer_id,
        signals.threshold,
        sum(case
            when {{ dbt.datediff('tickets.opened_date', 'as_of.as_of_date', 'day') }} < signals.lookback_days then 1 else 0
        end) as recent_complaints,
        count(*) as complaints

    from {{ ref('int_support_tickets_resolved') }} as tickets
    cross join as_of
    inner join signals on signals.signal = 'complaints_up'

    where
        tickets.ticket_type = 'complaint'
        and {{ dbt.datediff('tickets.opened_date', 'as_of.as_of_date', 'day') }} < 2 * signals.lookback_days

    group by tickets.customer_id, signals.threshold

),

reviews as (

    select
        reviews.customer_id,
        signals.threshold,
        count(reviews.rating) as ratings,
        sum(reviews.rating) as stars

    from {{ ref('int_reviews_resolved') }} as reviews
    cross join as_of
    inner join signals on signals.signal = 'bad_reviews'

    where {{ dbt.datediff('reviews.created_date', 'as_of.as_of_date', 'day') }} < signals.lookback_days

    group by reviews.customer_id, signals.threshold

),

consents as (

    select
        customer_id,
        sum(case when is_subscribed then 1 else 0 end) as subscribed_channels,
        max(case when not is_subscribed then changed_date end) as last_unsubscribed_date

    from {{ ref('int_consents') }}

    group by customer_id

),

final as (

    select
        customer_id,
        'complaints_up' as signal

    from complaints

    where recent_complaints >= threshold and recent_complaints > complaints - recent_complaints

    union all

    select
        customer_id,
        'bad_reviews' as signal

    from reviews

    where ratings > 0 and stars <= threshold * ratings

    union all

    select
        consents.customer_id,
        'unsubscribed' as signal

    from consents
    cross join as_of
    inner join signals on signals.signal = 'unsubscribed'

    where
        consents.subscribed_channels <= signals.threshold
        and {{ dbt.datediff('consents.last_unsubscribed_date', 'as_of.as_of_date', 'day') }} < signals.lookback_days

)

select * from final
