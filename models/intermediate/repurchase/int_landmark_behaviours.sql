with first_days as (

    select
        customer_id,
        min(order_date) as first_order_date,
        min(case when day_number = 2 then order_date end) as second_order_date

    from {{ ref('int_snapshot_purchases') }}

    where is_as_of and is_first_of_day

    group by customer_id

),

landmarks as (

    select
        first_days.*,
        cast({{ dbt.dateadd('day', 'thresholds.landmark_days', 'first_days.first_order_date') }} as date) as landmark_date,
        cast({{
            dbt.dateadd('day', 'thresholds.landmark_days + ' ~ var('churn_horizon_days'), 'first_days.first_order_date')
        }} as date) as observed_through

    from first_days
    cross join {{ ref('report_thresholds') }} as thresholds

),

-- customers who reorder before the landmark have less time for the behaviour, so they are excluded from both groups
customers as (

    select
        landmarks.customer_id,
        landmarks.first_order_date,
        landmarks.landmark_date,
        coalesce(landmarks.second_order_date <= landmarks.observed_through, false) as has_come_back

    from landmarks
    inner join {{ ref('int_as_of') }} as as_of on landmarks.observed_through <= as_of.as_of_date

    where landmarks.second_order_date is null or landmarks.second_order_date > landmarks.landmark_date

),

actions as (

    select
        customer_id,
        'points_redeemed' as behaviour,
        occurred_date as action_date

    from {{ ref('int_customer_interactions') }}

    where transaction_type = 'redeem'

    union all

    select
        customer_id,
        'review_written' as behaviour,
        occurred_date as action_date

    from {{ ref('int_customer_interactions') }}

    where interaction = 'review'

    union all

    select
        customer_id,
        'photo_review' as behaviour,
        occurred_date as action_date

    from {{ ref('int_customer_interactions') }}

    where has_media

    union all

    select
        customer_id,
        'support_contact' as behaviour,
        occurred_date as action_date

    from {{ ref('int_customer_interactions') }}

    where interaction = 'support_ticket'

),

behaviours as (

    select
        customers.customer_id,
        actions.behaviour

    from customers
    inner join actions
        on
            customers.customer_id = actions.customer_id
            and actions.action_date between customers.first_order_date and customers.landmark_date

    union

    select
        customers.customer_id,
        'subscribed' as behaviour

    from customers
    inner join {{ ref('int_consents') }} as consents
        on
            customers.customer_id = consents.customer_id
            and customers.landmark_date >= consents.changed_date
            and (customers.landmark_date < consents.next_changed_date or consents.next_changed_date is null)

    where consents.is_subscribed

    union

    select
        customer_id,
        'all' as behaviour

    from customers

),

final as (

    select
        behaviours.customer_id,
        behaviours.behaviour,
        customers.has_come_back

    from behaviours
    inner join customers on behaviours.customer_id = customers.customer_id

)

select * from final
