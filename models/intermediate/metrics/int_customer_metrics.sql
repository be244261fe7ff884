-- unknown guests are one group per month, with a null customer_id
with order_months as (

    select
        orders.customer_id,
        cast(date_trunc('month', orders.order_date) as date) as month,
        count(*) as orders,
        sum(orders.net_amount) as net_amount,
        orders.customer_id is not null and count(*) >= min(thresholds.frequent_orders) as is_frequent

    from {{ ref('int_orders') }} as orders
    cross join {{ ref('report_thresholds') }} as thresholds

    where orders.is_valid

    group by orders.customer_id, cast(date_trunc('month', orders.order_date) as date)

),

customers as (

    select
        rfm.month,
        rfm.value_tier,
        cast(rfm.month + interval '1' month as date) as next_month,
        case when rfm.recency_days < 30 then 1 else 0 end as has_ordered_30d,
        case when rfm.recency_days < 90 then 1 else 0 end as has_ordered_90d,
        case when rfm.frequency >= 1 then 1 else 0 end as is_buyer,
        case when rfm.frequency >= 2 then 1 else 0 end as is_repeat_buyer,
        case when rfm.recency_days > {{ var('churn_inactive_days') }} then 1 else 0 end as is_churned,
        lead(rfm.recency_days) over (partition by rfm.customer_id order by rfm.month) as next_recency_days,
        case when order_months.customer_id is not null then 1 else 0 end as has_returned

    from {{ ref('int_customer_rfm') }} as rfm
    left join order_months
        on rfm.customer_id = order_months.customer_id and cast(rfm.month + interval '1' month as date) = order_months.month

    where rfm.is_complete_month

),

tiers as (

    select
        month,
        {{ dimension_columns(['value_tier']) }},
        count(*) as known_customers,
        sum(has_ordered_30d) as customers_30d,
        sum(has_ordered_90d) as customers_90d,
        sum(is_buyer) as buyers,
        sum(is_repeat_buyer) as repeat_buyers

    from customers

    group by {{ dimension_groups('month', ['value_tier']) }} -- noqa: PRS

),

-- customers by tier at the end of the previous month
returns as (

    select
        next_month as month,
        {{ dimension_columns(['value_tier']) }},
        count(*) as followed_customers,
        sum(has_returned) as returned_customers,
        sum(1 - is_churned) as active_customers,
        sum(case when next_recency_days > {{ var('churn_inactive_days') }} then 1 - is_churned when next_recency_days >= 0 then 0 end)
            as newly_churned_customers,
        sum(is_churned) as churned_customers,
        sum(is_churned * has_returned) as won_back_customers

    from customers

    group by {{ dimension_groups('next_month', ['value_tier']) }} -- noqa: PRS

),

frequent as (

    select
        month,
        'all' as dimension,
        'all' as dimension_value,
        count(case when is_frequent then 1 end) as frequent_customers,
        sum(case when is_frequent then net_amount else 0 end) as frequent_net_amount,
        sum(net_amount) as month_net_amount

    from order_months

    group by month

),

-- a customer is established from the first month that begins more than a year after the first order
established as (

    select
        orders.customer_id,
        cast(date_trunc(
            'month', cast({{ dbt.dateadd('day', 'thresholds.established_days', 'orders.order_date') }} as date)
        ) + interval '1' month as date) as established_month

    from {{ ref('int_orders') }} as orders
    cross join {{ ref('report_thresholds') }} as thresholds

    where orders.is_first_order

),

-- silent customers count too: an average over the customers who ordered would always be 1 or more
established_months as (

    select
        months.month,
        'all' as dimension,
        'all' as dimension_value,
        coalesce(sum(order_months.orders), 0) as established_orders,
        count(*) as established_customers

    from {{ ref('int_snapshot_dates') }} as months
    inner join established on months.month >= established.established_month
    left join order_months on months.month = order_months.month and established.customer_id = order_months.customer_id

    group by months.month

),

point_months as (

    select
        cast(date_trunc('month', occurred_date) as date) as month,
        sum(case when transaction_type = 'earn' then points else 0 end) as earned_points,
        sum(case when transaction_type = 'redeem' then points else 0 end) as redeemed_points,
        sum(case when transaction_type = 'expire' then points else 0 end) as expired_points

    from {{ ref('int_customer_interactions') }}

    where interaction = 'point_transaction'

    group by cast(date_trunc('month', occurred_date) as date)

),

points as (

    select
        months.month,
        'all' as dimension,
        'all' as dimension_value,
        sum(case when months.month = point_months.month then point_months.earned_points else 0 end) as earned_points,
        sum(case when months.month = point_months.month then point_months.redeemed_points else 0 end) as redeemed_points,
        sum(point_months.earned_points - point_months.redeemed_points - point_months.expired_points) as points_balance

    from {{ ref('int_snapshot_dates') }} as months
    inner join point_months on months.month >= point_months.month

    group by months.month

),

final as (

    {% for relation, numerators, denominators in [
        ('tiers', ['repeat_buyers', 'customers_30d', 'customers_90d'], ['buyers', 'known_customers']),
        (
            'returns', ['returned_customers', 'newly_churned_customers', 'won_back_customers'],
            ['followed_customers', 'active_customers', 'churned_customers'],
        ),
        ('frequent', ['frequent_customers', 'frequent_net_amount'], ['month_net_amount']),
        ('established_months', ['established_orders'], ['established_customers']),
        ('points', ['points_balance', 'redeemed_points'], ['earned_points']),
    ] -%}
    {{ metric_values(relation, numerators, denominators, keys=['month']) }}

    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

)

select * from final
