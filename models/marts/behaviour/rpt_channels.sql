with orders as (

    select
        cast(date_trunc('month', order_date) as date) as month,
        dimension_value as channel,
        sum(orders) as orders,
        -- a customer counts once per month: on the order whose previous one lies before it
        sum(case when coalesce(previous_date < cast(date_trunc('month', order_date) as date), true) then customer_orders else 0 end) as customers,
        sum(net_amount) as net_amount

    from {{ ref('int_order_days') }}

    where dimension = 'channel'

    group by cast(date_trunc('month', order_date) as date), dimension_value

),

sessions as (

    select
        period_start as month,
        dimension_value as channel,
        sessions,
        people,
        ordering_sessions

    from {{ ref('int_session_counts') }}

    where period_kind = 'month' and dimension = 'channel'

),

tracking as (

    select
        channel,
        min(month) as first_month

    from sessions

    group by channel

),

-- visits to a channel that is not tracked, or not yet, are unknown, not 0
joined as (

    select
        coalesce(orders.month, sessions.month) as month,
        coalesce(orders.channel, sessions.channel) as channel,
        {% for measure in ['sessions', 'people', 'ordering_sessions'] -%}
        case when tracking.first_month <= coalesce(orders.month, sessions.month) then coalesce(sessions.{{ measure }}, 0) end as {{ measure }},
        {% endfor -%}
        coalesce(orders.orders, 0) as orders,
        coalesce(orders.customers, 0) as customers,
        coalesce(orders.net_amount, 0) as net_amount

    from orders
    full outer join sessions on orders.month = sessions.month and orders.channel = sessions.channel
    left join tracking on coalesce(orders.channel, sessions.channel) = tracking.channel

),

pools as (

    select distinct pooled_values from {{ ref('int_pooled_values') }}
    where dimension = 'channel'

),

grouped as (

    select
        joined.*,
        pools.pooled_values,
        coalesce(
            channel_groups.channel_group, case when joined.channel = 'unknown' then 'unknown' else 'other' end
        ) as channel_group

    from joined
    left join {{ ref('channel_groups') }} as channel_groups on joined.channel = channel_groups.channel
    left join pools on joined.channel = 'other'

),

final as (

    select
        grouped.month,
        grouped.channel,
        coalesce(channel_labels.label_en, grouped.channel) as channel_en,
        coalesce(channel_labels.label_zh, grouped.channel) as channel_zh,
        cast(grouped.pooled_values as integer) as pooled_values,
        grouped.channel_group,
        coalesce(group_labels.label_en, grouped.channel_group) as channel_group_en,
        coalesce(group_labels.label_zh, grouped.channel_group) as channel_group_zh,
        cast(grouped.sessions as bigint) as sessions,
        cast(grouped.people as bigint) as people,
        cast(grouped.ordering_sessions as bigint) as ordering_sessions,
        {{ safe_divide('grouped.ordering_sessions', 'grouped.sessions') }} as conversion_rate,
        cast(grouped.orders as bigint) as orders,
        cast(grouped.customers as bigint) as customers,
        cast(grouped.net_amount as numeric(18, 2)) as net_amount,
        {{ average_amount('grouped.net_amount', 'grouped.orders') }} as average_order_amount

    from grouped
    left join {{ ref('labels') }} as channel_labels
        on
            case when grouped.pooled_values is null then 'channel' else 'pool' end = channel_labels.code_type
            and grouped.channel = channel_labels.code
    left join {{ ref('labels') }} as group_labels
        on group_labels.code_type = 'channel_group' and grouped.channel_group = group_labels.code

)

select * from final
