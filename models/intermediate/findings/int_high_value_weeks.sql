with weeks as (

    select
        week,
        cast(date_trunc('month', week) - interval '1' month as date) as tier_month

    from {{ ref('int_weeks') }}

),

-- the tier at the end of the month before: a tier of today would know how the week went
tiers as (

    select
        month,
        customer_id

    from {{ ref('fct_customer_rfm_monthly') }}

    where value_tier = 'high_value'

),

purchases as (

    select
        customer_id,
        cast(date_trunc('week', order_date) as date) as week,
        sum(net_amount) as net_amount

    from {{ ref('int_purchases') }}

    group by customer_id, cast(date_trunc('week', order_date) as date)

),

final as (

    select
        weeks.week,
        count(tiers.customer_id) as customers,
        count(purchases.customer_id) as buyers,
        coalesce(sum(purchases.net_amount), 0) as net_amount

    from weeks
    left join tiers on weeks.tier_month = tiers.month
    left join purchases on tiers.customer_id = purchases.customer_id and weeks.week = purchases.week

    group by weeks.week

)

select * from final
