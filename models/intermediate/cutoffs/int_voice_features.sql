with cutoffs as (

    select cutoff_date from {{ ref('int_cutoffs') }}

),

customers as (

    select
        cutoff_date,
        customer_id

    from {{ ref('int_cutoff_customers') }}

),

complaints as (

    select
        cutoffs.cutoff_date,
        tickets.customer_id,
        count(*) as complaints_90d

    from {{ ref('int_support_tickets_resolved') }} as tickets
    inner join cutoffs
        on
            tickets.opened_date <= cutoffs.cutoff_date
            and {{ dbt.datediff('tickets.opened_date', 'cutoffs.cutoff_date', 'day') }} < 90

    where tickets.ticket_type = 'complaint'

    group by cutoffs.cutoff_date, tickets.customer_id

),

points as (

    select
        cutoffs.cutoff_date,
        points.customer_id,
        sum(case when points.transaction_type = 'earn' then points.points else 0 end) as points_earned_365d,
        sum(case when points.transaction_type = 'redeem' then points.points else 0 end) as points_redeemed_365d

    from {{ ref('int_point_transactions_resolved') }} as points
    inner join cutoffs
        on
            points.occurred_date <= cutoffs.cutoff_date
            and {{ dbt.datediff('points.occurred_date', 'cutoffs.cutoff_date', 'day') }} < 365

    group by cutoffs.cutoff_date, points.customer_id

),

consents as (

    select
        cutoff_date,
        customer_id,
        count(case when is_subscribed then 1 end) as subscribed_channels,
        count(case when not is_subscribed then 1 end) as unsubscribed_channels

    from {{ ref('int_consents') }}

    group by cutoff_date, customer_id

),

final as (

    select
        customers.cutoff_date,
        customers.customer_id,
        coalesce(complaints.complaints_90d, 0) as complaints_90d,
        coalesce(points.points_earned_365d, 0) as points_earned_365d,
        coalesce(points.points_redeemed_365d, 0) as points_redeemed_365d,
        coalesce(consents.subscribed_channels, 0) as subscribed_channels,
        coalesce(consents.unsubscribed_channels, 0) as unsubscribed_channels

    from customers
    left join complaints
        on customers.cutoff_date = complaints.cutoff_date and customers.customer_id = complaints.customer_id
    left join points
        on customers.cutoff_date = points.cutoff_date and customers.customer_id = points.customer_id
    left join consents
        on customers.cutoff_date = consents.cutoff_date and customers.customer_id = consents.customer_id

)

select * from final
