with cutoffs as (

    select cutoff_date from {{ ref('int_cutoffs') }}
    where is_judged

),

signals as (

    select * from {{ ref('churn_signals') }}

),

complaints as (

    select
        cutoffs.cutoff_date,
        tickets.customer_id,
        signals.threshold,
        sum(case
            when {{ dbt.datediff('tickets.opened_date', 'cutoffs.cutoff_date', 'day') }} < signals.lookback_days then 1 else 0
        end) as recent_complaints,
        count(*) as complaints

    from {{ ref('int_support_tickets_resolved') }} as tickets
    inner join cutoffs on tickets.opened_date <= cutoffs.cutoff_date
    inner join signals on signals.signal = 'complaints_up'

    where
        tickets.ticket_type = 'complaint'
        and {{ dbt.datediff('tickets.opened_date', 'cutoffs.cutoff_date', 'day') }} < 2 * signals.lookback_days

    group by cutoffs.cutoff_date, tickets.customer_id, signals.threshold

),

reviews as (

    select
        cutoffs.cutoff_date,
        reviews.customer_id,
        signals.threshold,
        count(reviews.rating) as ratings,
        sum(reviews.rating) as stars

    from {{ ref('int_reviews_resolved') }} as reviews
    inner join cutoffs on reviews.created_date <= cutoffs.cutoff_date
    inner join signals on signals.signal = 'bad_reviews'

    where {{ dbt.datediff('reviews.created_date', 'cutoffs.cutoff_date', 'day') }} < signals.lookback_days

    group by cutoffs.cutoff_date, reviews.customer_id, signals.threshold

),

consents as (

    select
        cutoff_date,
        customer_id,
        sum(case when is_subscribed then 1 else 0 end) as subscribed_channels,
        max(case when not is_subscribed then changed_date end) as last_unsubscribed_date

    from {{ ref('int_consents') }}

    group by cutoff_date, customer_id

),

final as (

    select
        cutoff_date,
        customer_id,
        'complaints_up' as signal

    from complaints

    where recent_complaints >= threshold and recent_complaints > complaints - recent_complaints

    union all

    select
        cutoff_date,
        customer_id,
        'bad_reviews' as signal

    from reviews

    where ratings > 0 and stars <= threshold * ratings

    union all

    select
        consents.cutoff_date,
        consents.customer_id,
        'unsubscribed' as signal

    from consents
    inner join cutoffs on consents.cutoff_date = cutoffs.cutoff_date
    inner join signals on signals.signal = 'unsubscribed'

    where
        consents.subscribed_channels <= signals.threshold
        and {{ dbt.datediff('consents.last_unsubscribed_date', 'cutoffs.cutoff_date', 'day') }} < signals.lookback_days

)

select * from final
