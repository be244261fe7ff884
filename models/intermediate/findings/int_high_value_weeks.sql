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
        customer_id,
        case when value_tier = 'high_value' then 1 else 0 end as is_best,
        case when value_tier = 'potential' then 1 else 0 end as is_next

    from {{ ref('int_customer_rfm') }}

    where is_complete_month and value_tier in ('high_value', 'potential')

),

purchases as (

    select
        customer_id,
        cast(date_trunc('week', order_date) as date) as week,
        sum(net_amount) as net_amount

    from {{ ref('int_purchases') }}

    group by customer_id, cast(date_trunc('week', order_date) as date)

),

counted as (

    select
        weeks.week,
        cast(coalesce(sum(tiers.is_best), 0) as bigint) as customers,
        cast(coalesce(sum(case when purchases.customer_id is not null then tiers.is_best end), 0) as bigint) as buyers,
        coalesce(sum(case when tiers.is_best = 1 then purchases.net_amount end), 0) as net_amount,
        coalesce(sum(tiers.is_next), 0) as next_customers,
        coalesce(sum(case when purchases.customer_id is not null then tiers.is_next end), 0) as next_buyers

    from weeks
    left join tiers on weeks.tier_month = tiers.month
    left join purchases on tiers.customer_id = purchases.customer_id and weeks.week = purchases.week

    group by weeks.week

),

-- how much more or less than in the year up to a week the next best ordered in it; campaigns for the lapsed are no season
seasons as (

    select
        counted.*,
        next_buyers * sum(next_customers) over past_year
        / nullif(cast(next_customers as {{ type_double() }}) * sum(next_buyers) over past_year, 0) as season

    from counted

    window past_year as (order by week rows between 51 preceding and current row)

),

final as (

    select
        week,
        customers,
        buyers,
        net_amount,
        cast(round(customers * coalesce(season, 1)) as bigint) as seasonal_customers

    from seasons

)

select * from final
