-- name: sales
with monthly as (
    select
        period_start as month,
        value_label(dimension, dimension_value, pooled_values) as channel_name,
        max(case when metric = 'orders' then value end)::bigint as orders,
        max(case when metric = 'new_customers' then value end)::bigint as new_customers,
        max(case when metric = 'net_amount' then value end) as net_amount,
        dimension_value as channel
    from marts.rpt_kpis, periods
    where
        period_kind = 'month'
        and dimension = 'channel'
        and metric in ('orders', 'new_customers', 'net_amount')
        and period_start between periods.first_month and periods.newest_month
    group by month, channel, channel_name
)

select * from monthly
order by sum(net_amount) over (partition by channel) desc, channel, month

-- name: totals
select
    value_label(dimension, dimension_value, pooled_values) as channel_name,
    sum(value) as net_amount,
    sum(value) / nullif(sum(sum(value)) over (), 0) as net_amount_share,
    dimension_value as channel
from marts.rpt_kpis, periods
where
    period_kind = 'month' and dimension = 'channel' and metric = 'net_amount'
    and period_start between periods.first_month and periods.newest_month
group by channel, channel_name
order by net_amount desc, channel

-- name: sources
select
    value_label('source', source, max(pooled_sources)) as source_name,
    sum(sessions)::bigint as sessions,
    sum(new_people)::bigint as new_people,
    sum(ordering_sessions) / sum(sessions) as conversion_rate,
    sum(sum(ordering_sessions)) over () / sum(sum(sessions)) over () as shop_conversion_rate,
    sum(bounces) / sum(sessions) as bounce_rate,
    sum(orders)::bigint as orders,
    sum(net_amount) as session_net_amount,
    sum(spend) as spend,
    sum(case when spend is not null then spend end)
    / nullif(sum(case when spend is not null then orders end), 0) as order_cost,
    bool_or(is_high_traffic_low_conversion) as is_weak,
    min(min(rpt_traffic_sources.month)) over () as from_month,
    max(max(rpt_traffic_sources.month)) over () as to_month
from marts.rpt_traffic_sources, periods
where rpt_traffic_sources.month between periods.newest_month - interval 2 month and periods.newest_month
group by source
having sum(sessions) > 0
order by sessions desc, source
limit 12

-- name: spend
select
    rpt_traffic_sources.month,
    sum(spend) as spend,
    sum(net_amount) filter (where spend is not null) as paid_source_net_amount,
    sum(orders) filter (where spend is not null)::bigint as orders
from marts.rpt_traffic_sources, periods
where rpt_traffic_sources.month between periods.first_month and periods.newest_month
group by rpt_traffic_sources.month
having sum(spend) is not null
order by 1

-- name: journeys
select
    journey_{lang} as journey_name,
    customers,
    customer_share,
    orders as all_time_orders,
    net_amount as all_time_net_amount,
    average_order_amount,
    repurchase_rate as all_time_repurchase_rate,
    median_days_to_order as median_days
from marts.rpt_journeys
where customers > 0
qualify bool_or(journey <> 'unknown') over ()
order by customers desc, journey

-- name: promotions
select
    label('promotion', is_promotion::varchar) as promotion_name,
    sum(observed_hours)::bigint as observed_hours,
    sum(sessions)::bigint as sessions,
    sum(sessions) / sum(observed_hours) * 24 as sessions_per_day,
    sum(ordering_sessions) / nullif(sum(sessions), 0) as conversion_rate
from marts.rpt_visit_hours
group by is_promotion
having sum(observed_hours) > 0
order by is_promotion desc
