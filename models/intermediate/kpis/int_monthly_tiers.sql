with tiers as (

    select * from {{ ref('int_customer_rfm') }}
    where is_complete_month

),

purchases as (

    select distinct
        customer_id,
        cast(date_trunc('month', order_date) as date) as month

    from {{ ref('int_purchases') }}

),

-- who was of a tier at the end of the month before, and came back in the month
followed as (

    select
        cast(tiers.month + interval '1' month as date) as month,
        tiers.value_tier,
        count(*) as followed_customers,
        count(purchases.customer_id) as returned_customers

    from tiers
    left join purchases
        on tiers.customer_id = purchases.customer_id and cast(tiers.month + interval '1' month as date) = purchases.month

    group by cast(tiers.month + interval '1' month as date), tiers.value_tier

),

stood as (

    select
        month,
        value_tier,
        count(*) as all_customers,
        sum(case when frequency >= 1 then 1 else 0 end) as buyers,
        sum(case when frequency >= 2 then 1 else 0 end) as repeat_buyers,
        sum(case when recency_days > {{ var('churn_inactive_days') }} then 1 else 0 end) as churned_customers

    from tiers

    group by month, value_tier

),

-- a tier may have lost everyone
joined as (

    select
        coalesce(stood.month, followed.month) as month,
        coalesce(stood.value_tier, followed.value_tier) as value_tier,
        stood.all_customers,
        stood.buyers,
        stood.repeat_buyers,
        stood.churned_customers,
        followed.followed_customers,
        followed.returned_customers

    from stood
    full outer join followed on stood.month = followed.month and stood.value_tier = followed.value_tier

),

final as (

    select
        month,
        case when grouping(value_tier) = 0 then 'value_tier' else 'all' end as dimension,
        coalesce(value_tier, 'all') as dimension_value,
        sum(all_customers) as all_customers,
        sum(buyers) as buyers,
        sum(repeat_buyers) as repeat_buyers,
        sum(churned_customers) as churned_customers,
        sum(followed_customers) as followed_customers,
        sum(returned_customers) as returned_customers

    from joined

    group by month, rollup(value_tier)

)

select * from final
