with customers as (

    select * from {{ ref('int_landmark_customers') }}

),

actions as (

    select
        customer_id,
        'points_redeemed' as behaviour,
        occurred_date as action_date

    from {{ ref('int_point_transactions_resolved') }}

    where transaction_type = 'redeem'

    union all

    select
        customer_id,
        'review_written' as behaviour,
        created_date as action_date

    from {{ ref('int_reviews_resolved') }}

    union all

    select
        customer_id,
        'photo_review' as behaviour,
        created_date as action_date

    from {{ ref('int_reviews_resolved') }}

    where has_media

    union all

    select
        customer_id,
        'support_contact' as behaviour,
        opened_date as action_date

    from {{ ref('int_support_tickets_resolved') }}

),

consents as (

    select
        changes.customer_id,
        changes.is_subscribed,
        row_number() over (
            partition by changes.customer_id, changes.channel
            order by changes.changed_at desc, case when changes.is_subscribed then 1 else 0 end
        ) as change_age

    from {{ ref('int_consent_changes') }} as changes
    inner join customers
        on changes.customer_id = customers.customer_id and changes.changed_date <= customers.landmark_date

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
        customer_id,
        'subscribed' as behaviour

    from consents

    where change_age = 1 and is_subscribed

)

select * from final
