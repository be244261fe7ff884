with customers as (

    select * from {{ ref('int_landmark_customers') }}

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

final as (

    select distinct
        customers.customer_id,
        actions.behaviour

    from customers
    inner join actions
        on
            customers.customer_id = actions.customer_id
            and actions.action_date between customers.first_order_date and customers.landmark_date

    union all

    select distinct
        customers.customer_id,
        'subscribed' as behaviour

    from customers
    inner join {{ ref('int_consents') }} as consents
        on
            customers.customer_id = consents.customer_id
            and customers.landmark_date >= consents.changed_date
            and (customers.landmark_date < consents.next_changed_date or consents.next_changed_date is null)

    where consents.is_subscribed

)

select * from final
