with activity as (

    select
        month,
        sum(case when activity = 'new' then 1 else 0 end) as new,
        sum(case when activity = 'retained' then 1 else 0 end) as retained,
        sum(case when activity = 'resurrected' then 1 else 0 end) as resurrected,
        count(*) as active,
        sum(orders) as orders,
        sum(net_amount) as revenue

    from {{ ref('int_customer_months') }}

    group by month

),

pauses as (

    select
        cast(month + interval '1' month as date) as month,
        next_month

    from {{ ref('int_customer_months') }}

),

dormancies as (

    select
        month,
        count(*) as dormant

    from pauses

    where next_month is null or next_month <> month

    group by month

),

-- nobody may have ordered in a month in which others pause
final as (

    select
        coalesce(activity.month, dormancies.month) as month,
        coalesce(activity.new, 0) as new,
        coalesce(activity.retained, 0) as retained,
        coalesce(activity.resurrected, 0) as resurrected,
        coalesce(activity.active, 0) as active,
        coalesce(dormancies.dormant, 0) as dormant,
        coalesce(activity.orders, 0) as orders,
        coalesce(activity.revenue, 0) as revenue

    from activity
    full outer join dormancies on activity.month = dormancies.month

)

select * from final
