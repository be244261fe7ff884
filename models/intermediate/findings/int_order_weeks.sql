with outcomes as (

    select
        'category' as dimension,
        category as dimension_value,
        order_date,
        refunded_date,
        complained_date,
        paid_amount

    from {{ ref('int_order_category_outcomes') }}

    union all

    select
        'all' as dimension,
        'all' as dimension_value,
        min(order_date) as order_date,
        min(refunded_date) as refunded_date,
        min(complained_date) as complained_date,
        sum(paid_amount) as paid_amount

    from {{ ref('int_order_category_outcomes') }}

    group by order_id

),

-- an order counts in its week, and in the week in which it is first refunded or complained about
occurrences as (

    {% for metric, date in [('return_rate', 'refunded_date'), ('complaint_rate', 'complained_date')] -%}
    select
        '{{ metric }}' as metric,
        dimension,
        dimension_value,
        cast(date_trunc('week', order_date) as date) as week,
        1 as people_before,
        0 as people,
        0 as amount

    from outcomes

    union all

    select
        '{{ metric }}' as metric,
        dimension,
        dimension_value,
        cast(date_trunc('week', {{ date }}) as date) as week,
        0 as people_before,
        1 as people,
        paid_amount as amount

    from outcomes

    where {{ date }} is not null
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

weeks as (

    select
        week,
        cast(date_trunc('month', week) - interval '1' month as date) as tier_month

    from {{ ref('int_weeks') }}

),

purchases as (

    select
        customer_id,
        cast(date_trunc('week', order_date) as date) as week,
        sum(net_amount) as net_amount

    from {{ ref('int_purchases') }}

    group by customer_id, cast(date_trunc('week', order_date) as date)

),

-- the tier at the end of the previous month, because the current tier would depend on the week itself
tier_weeks as (

    select
        weeks.week,
        count(case when tiers.value_tier = 'high_value' then tiers.customer_id end) as customers,
        count(case when tiers.value_tier = 'high_value' then purchases.customer_id end) as buyers,
        coalesce(sum(case when tiers.value_tier = 'high_value' then purchases.net_amount end), 0) as net_amount,
        count(case when tiers.value_tier = 'potential' then tiers.customer_id end) as next_customers,
        count(case when tiers.value_tier = 'potential' then purchases.customer_id end) as next_buyers

    from weeks
    left join {{ ref('int_customer_rfm') }} as tiers
        on weeks.tier_month = tiers.month and tiers.is_complete_month and tiers.value_tier in ('high_value', 'potential')
    left join purchases on tiers.customer_id = purchases.customer_id and weeks.week = purchases.week

    group by weeks.week

),

-- seasonal factor of a week: orders of tier potential in it against the year up to it; tier general is excluded, because
-- campaigns for lapsed customers are not seasonal
seasons as (

    select
        tier_weeks.*,
        next_buyers * sum(next_customers) over past_year
        / nullif(cast(next_customers as {{ type_double() }}) * sum(next_buyers) over past_year, 0) as season

    from tier_weeks

    window past_year as (order by week rows between 51 preceding and current row)

),

final as (

    select
        metric,
        dimension,
        dimension_value,
        week,
        sum(people_before) as people_before,
        sum(people) as people,
        sum(amount) as amount

    from occurrences

    group by metric, dimension, dimension_value, week

    union all

    select
        'weekly_repurchase_rate' as metric,
        'value_tier' as dimension,
        'high_value' as dimension_value,
        week,
        cast(round(customers * coalesce(season, 1)) as bigint) as people_before,
        buyers as people,
        net_amount as amount

    from seasons

)

select * from final
