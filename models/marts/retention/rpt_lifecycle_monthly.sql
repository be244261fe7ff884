with acquisitions as (

    select
        cast(date_trunc('month', acquired_date) as date) as month,
        count(*) as acquired,
        sum(case when is_activated then 1 else 0 end) as activated,
        sum(case when is_referred then 1 else 0 end) as referrals

    from {{ ref('int_customer_cohorts') }}

    group by cast(date_trunc('month', acquired_date) as date)

),

-- a shop without any referred account does not record referrals, which is not the same as zero referrals
shop as (

    select
        min(month) as first_month,
        max(referrals) > 0 as is_recording_referrals

    from acquisitions

),

purchases as (

    select
        customer_id,
        net_amount,
        cast(date_trunc('month', order_date) as date) as month

    from {{ ref('int_purchases') }}

),

customer_months as (

    select
        customer_id,
        month,
        lag(month) over (partition by customer_id order by month) as previous_month,
        count(*) as orders,
        sum(net_amount) as net_amount

    from purchases

    group by customer_id, month

),

activity as (

    select
        month,
        count(*) as active,
        sum(case when previous_month is null then 1 else 0 end) as new,
        sum(case when previous_month = cast(month - interval '1' month as date) then 1 else 0 end) as retained,
        sum(case when previous_month < cast(month - interval '1' month as date) then 1 else 0 end) as resurrected,
        sum(orders) as orders,
        sum(net_amount) as revenue

    from customer_months

    group by month

),

month_starts as (

    select
        {{ time_series('cast(shop.first_month as timestamp)', 'cast(as_of.as_of_date as timestamp)', 'month') }} as starts_at,
        shop.is_recording_referrals,
        as_of.as_of_date

    from shop
    cross join {{ ref('int_as_of') }} as as_of

    where shop.first_month is not null

),

months as (

    select
        cast(starts_at as date) as month,
        cast(starts_at + interval '1' month - interval '1' day as date) as last_day,
        is_recording_referrals,
        as_of_date

    from month_starts

),

counted as (

    select
        months.month,
        months.last_day <= months.as_of_date as is_complete,
        -- customers acquired on the last day of the month also need all activation days
        cast({{ dbt.dateadd('day', 'thresholds.activation_days', 'months.last_day') }} as date)
        <= months.as_of_date as is_activation_complete,
        coalesce(acquisitions.acquired, 0) as acquired,
        coalesce(acquisitions.activated, 0) as activated,
        case when months.is_recording_referrals then coalesce(acquisitions.referrals, 0) end as referrals,
        coalesce(activity.new, 0) as new,
        coalesce(activity.retained, 0) as retained,
        coalesce(activity.resurrected, 0) as resurrected,
        coalesce(activity.active, 0) as active,
        coalesce(lag(activity.active) over (order by months.month), 0) as active_before,
        coalesce(activity.orders, 0) as orders,
        coalesce(activity.revenue, 0) as revenue

    from months
    cross join {{ ref('report_thresholds') }} as thresholds
    left join acquisitions on months.month = acquisitions.month
    left join activity on months.month = activity.month

),

final as (

    select
        month,
        is_complete,
        cast(acquired as bigint) as acquired,
        cast(activated as bigint) as activated,
        is_activation_complete,
        case when is_activation_complete then {{ safe_divide('activated', 'acquired') }} end as activation_rate,
        cast(active as bigint) as active,
        cast(new as bigint) as new,
        cast(retained as bigint) as retained,
        cast(resurrected as bigint) as resurrected,
        cast(active_before - retained as bigint) as dormant,
        cast(active_before as bigint) as active_before,
        case when is_complete then {{ safe_divide('retained', 'active_before') }} end as retention_rate,
        cast(orders as bigint) as orders,
        cast(revenue as numeric(18, 2)) as revenue,
        {{ average_amount('revenue', 'active') }} as revenue_per_active,
        cast(referrals as bigint) as referrals

    from counted

)

select * from final
