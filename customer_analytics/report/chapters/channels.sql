-- name: sales
with monthly as (
    select
        period_start as month,
        dimension_value as channel,
        max(pooled_values) as pooled_values,
        max(case when metric = 'orders' then value end) as orders,
        max(case when metric = 'new_customers' then value end) as new_customers,
        max(case when metric = 'net_amount' then value end) as net_amount
    from marts.rpt_kpis, periods
    where
        period_kind = 'month'
        and dimension = 'channel'
        and metric in ('orders', 'new_customers', 'net_amount')
        and period_start between periods.first_month and periods.newest_month
    group by month, channel
),

ranked as (
    select
        channel,
        row_number() over (order by channel = 'other', sum(net_amount) desc, channel) as position,
        max(pooled_values) as pooled_values,
        sum(coalesce(max(pooled_values), 1)) over () as all_channels
    from monthly
    group by channel
),

shown as (
    select
        channel,
        all_channels,
        shown_value(channel, position) as shown_channel,
        sum(values_held(position, pooled_values)) over (partition by shown_channel) as held_channels,
        min(position) over (partition by shown_channel) as position
    from ranked
)

select
    month,
    value_label('channel', shown_channel, any_value(held_channels)) as channel_name,
    sum(orders)::bigint as orders,
    sum(new_customers)::bigint as new_customers,
    sum(net_amount) as net_amount,
    sum(sum(net_amount)) over (partition by shown_channel) as channel_net_amount,
    sum(sum(net_amount)) over (partition by shown_channel)
    / nullif(sum(sum(net_amount)) over (), 0) as net_amount_share,
    any_value(all_channels)::bigint as all_channels,
    shown_channel as channel
from monthly
inner join shown using (channel)
group by month, shown_channel
order by any_value(shown.position), month

-- name: sources
with summed as (
    select
        source,
        max(pooled_sources) as pooled_sources,
        row_number() over (order by source = 'other', sum(sessions) desc, source) as position,
        shown_value(source, position) as shown,
        sum(sessions) as sessions,
        sum(new_people) as new_people,
        sum(ordering_sessions) as ordering_sessions,
        sum(bounces) as bounces,
        sum(orders) as orders,
        sum(net_amount) as net_amount,
        sum(spend) as spend,
        sum(case when spend is not null then orders end) as paid_orders,
        bool_or(is_high_traffic_low_conversion) as is_weak,
        min(min(rpt_traffic_sources.month)) over () as from_month,
        max(max(rpt_traffic_sources.month)) over () as to_month
    from marts.rpt_traffic_sources, periods
    where rpt_traffic_sources.month between periods.newest_month - interval 2 month and periods.newest_month
    group by source
    having sum(sessions) > 0
),

ranked as (
    select
        *,
        list(label('source', source) order by position) filter (
            where is_weak and source not in ('unknown', 'other')
        ) over () as weak_sources
    from summed
)

select
    value_label('source', shown, sum(values_held(position, pooled_sources))) as source_name,
    sum(sessions)::bigint as sessions,
    sum(sessions) / sum(sum(sessions)) over () as session_share,
    sum(new_people)::bigint as new_people,
    sum(ordering_sessions) / sum(sessions) as conversion_rate,
    sum(sum(ordering_sessions)) over () / sum(sum(sessions)) over () as shop_conversion_rate,
    sum(bounces) / sum(sessions) as bounce_rate,
    sum(orders)::bigint as orders,
    sum(net_amount) as session_net_amount,
    sum(spend) as spend,
    sum(spend) / nullif(sum(paid_orders), 0) as order_cost,
    any_value(weak_sources) as weak_sources,
    any_value(from_month) as from_month,
    any_value(to_month) as to_month,
    shown as source
from ranked
group by shown
order by min(position)

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
    median_days_to_order as median_days,
    journey
from marts.rpt_journeys
where customers > 0
qualify bool_or(journey <> 'unknown') over ()
order by customers desc, journey

-- name: sequences
select
    channel_sequence_{lang} as sequence_name,
    customers,
    customers / sum(customers) over () as sequence_share,
    median_days_between_orders as median_gap_days
from marts.rpt_channel_sequences
where sequence_orders = 3
qualify bool_or(channel_sequence <> 'unknown>unknown>unknown') over ()
order by customers desc, channel_sequence
limit 10

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

-- name: attribution
with summed as (
    select
        source,
        sum(attributed_amount) filter (where model = 'first') as first_touch_amount,
        sum(attributed_amount) filter (where model = 'last') as last_touch_amount,
        sum(attributed_amount) filter (where model = 'linear') as linear_amount,
        sum(attributed_amount) filter (where model = 'markov') as markov_amount,
        sum(attributed_amount) filter (where model = 'shapley') as shapley_amount
    from marts.rpt_attribution, periods
    where rpt_attribution.month between periods.first_month and periods.newest_month
    group by source
),

ranked as (
    select
        *,
        sum(linear_amount) filter (where source = '(none)') over () / nullif(sum(linear_amount) over (), 0) as untouched_share
    from summed
),

shown as (
    select
        *,
        row_number() over (order by source = 'other', linear_amount desc, source) as position,
        shown_value(source, position) as shown
    from ranked
    where source <> '(none)'
)

select
    value_label('source', shown, sum(values_held(position, null))) as source_name,
    sum(first_touch_amount) as first_touch_amount,
    sum(last_touch_amount) as last_touch_amount,
    sum(linear_amount) as linear_amount,
    sum(markov_amount) as markov_amount,
    sum(shapley_amount) as shapley_amount,
    coalesce(any_value(untouched_share), 0) as untouched_share,
    shown as source
from shown
group by shown
order by min(position)

-- name: paths
with shown as (
    select
        *,
        shown_value(path, rank) as shown
    from marts.rpt_conversion_paths
),

steps as (
    select
        path,
        unnest(string_split(path, ' > ')) as step,
        generate_subscripts(string_split(path, ' > '), 1) as number
    from shown
    where shown <> 'other'
),

names as (
    select
        path as shown,
        string_agg(label('source', step), ' > ' order by number) as path_name
    from steps
    group by path
)

select
    coalesce(any_value(path_name), value_label('path', shown, sum(values_held(rank, null)))) as path_name,
    sum(orders)::bigint as orders,
    sum(order_share) as path_share,
    sum(net_amount) / sum(orders) as average_order_amount,
    sum(touches) / sum(orders) as touches_per_order,
    sum(days_from_first_touch * orders) / sum(orders) as days_from_first_touch
from shown
left join names using (shown)
group by shown
order by min(rank)
