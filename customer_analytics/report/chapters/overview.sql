-- name: kpis
with newest as (
    select *
    from marts.rpt_kpis
    where period_kind = 'month' and dimension = 'all' and is_complete and value is not null
    qualify row_number() over (partition by metric order by period_start desc) = 1
)

select
    metric_{lang} as metric_name,
    period_start as month,
    value,
    previous_value,
    -- changes of rates are in percentage points
    case when unit = 'rate' then value - previous_value else change end as change,
    year_ago_value,
    case when unit = 'rate' then value - year_ago_value else yoy_change end as yoy_change,
    metric,
    unit,
    is_higher_better,
    -- the first eight are shown as cards
    coalesce(
        list_position(
            [
                'net_amount', 'orders', 'new_customers', 'average_order_amount',
                'conversion_rate', 'repurchase_rate', 'churn_rate', 'refund_rate',
                'win_back_rate', 'customers', 'net_amount_per_customer', 'discount_rate', 'margin_rate',
                'month_1_retention_rate', 'month_3_retention_rate', 'monthly_repurchase_rate', 'active_share_30d',
                'active_share_90d', 'frequent_buyers', 'frequent_buyer_sales_share', 'orders_per_established_customer', 'top_20_share', 'gini',
                'visitors', 'sessions', 'sessions_per_visitor', 'session_duration', 'bounce_rate', 'cart_rate', 'cart_abandonment_rate',
                'checkout_abandonment_rate', 'payment_conversion_rate', 'return_rate', 'complaint_rate'
            ],
            metric
        ),
        99
    ) as position
from newest
order by position, metric

-- name: kpi_periods
-- the lines of the cards: last 28 days, latest complete month, running month; the last 91 days show a slow decline
with periods_of_cards as (
    select
        *,
        case
            when period_kind = 'rolling_28d' then 'rolling_28d'
            when period_kind = 'rolling_91d' then 'rolling_91d'
            when is_complete then 'month'
            else 'running'
        end as line
    from marts.rpt_kpis
    where
        dimension = 'all'
        and (
            (period_kind = 'month' and (is_complete or period_end > (select as_of_date from periods)))
            or (
                period_kind in ('rolling_28d', 'rolling_91d')
                and period_end = (select as_of_date from periods)
            )
        )
    qualify row_number() over (partition by metric, line order by period_start desc) = 1
)

select
    metric_{lang} as metric_name,
    line,
    period_start as month,
    period_end,
    value,
    case when unit = 'rate' then value - previous_value else change end as change,
    case when unit = 'rate' then value - year_ago_value else yoy_change end as yoy_change,
    metric,
    unit,
    is_higher_better
from periods_of_cards
order by metric, list_position(['rolling_28d', 'month', 'running', 'rolling_91d'], line)

-- name: drivers
with effects as (
    select
        dimension,
        dimension_{lang} as dimension_name,
        case
            when dimension = 'all' then driver_{lang}
            else value_label(dimension, dimension_value, pooled_values)
        end as value_name,
        sum(change_amount) as change_amount,
        sum(yoy_change_amount) as yoy_change_amount
    from marts.rpt_sales_drivers
    where period_kind = 'rolling_91d'
    group by dimension, dimension_name, value_name
    having sum(change_amount) <> 0 or sum(yoy_change_amount) <> 0
),

ranked as (
    select
        *,
        row_number() over (
            partition by dimension
            order by abs(coalesce(yoy_change_amount, change_amount)) desc, value_name
        ) as position
    from effects
)

-- the ten largest effects of a dimension, and the others as one row
select
    dimension_name,
    case when position <= 10 then value_name else label('pool', 'other') end as value_name,
    sum(change_amount) as change_amount,
    sum(yoy_change_amount) as yoy_change_amount,
    dimension
from ranked
group by dimension, dimension_name, 2, least(position, 11)
order by
    list_position(['all', 'customer_group', 'channel', 'category'], dimension),
    least(position, 11)

-- name: kpi_history
select metric, period_start as month, value
from marts.rpt_kpis, periods
where
    period_kind = 'month' and dimension = 'all' and is_complete and value is not null
    and period_start between periods.first_month and periods.newest_month
order by metric, month

-- name: findings
select
    severity_{lang} as severity_name,
    rule_{lang} as rule,
    finding_{lang} as finding,
    action_{lang} as action,
    observed,
    expected,
    affected_customers,
    affected_amount,
    metric,
    severity,
    is_ongoing,
    status,
    status_{lang} as status_name,
    period_end,
    explains,
    valued_by
from marts.rpt_findings
order by
    is_ongoing desc,
    list_position(['high', 'medium', 'low'], severity),
    affected_amount desc nulls last,
    finding_id

-- name: customers
select
    count(*) as customers,
    count(*) filter (where churn.churn_status = 'active') as active,
    count(*) filter (where churn.churn_status = 'at_risk') as at_risk,
    count(*) filter (where churn.churn_status = 'churned') as churned,
    count(*) filter (where churn.is_churn_warning) as warned,
    sum(rfm.monetary_amount) filter (where churn.is_churn_warning) as warned_amount
from marts.fct_customer_churn as churn
left join marts.fct_customer_rfm as rfm on churn.customer_id = rfm.customer_id
having count(*) > 0

-- name: sales
with shopping_days as (
    select
        month,
        array_to_string(list(shopping_day_{lang} order by calendar_date), case '{lang}' when 'zh' then '、' else ', ' end) as shopping_days
    from marts.dim_dates
    where shopping_day is not null
    group by month
)

select
    period_start as month,
    max(case when metric = 'net_amount' then value end) as net_amount,
    max(case when metric = 'orders' then value end)::bigint as orders,
    max(case when metric = 'new_customers' then value end)::bigint as new_customers,
    max(case when metric = 'refund_rate' then numerator end) as refunded_amount,
    max(case when metric = 'net_amount' then change end) as change,
    max(case when metric = 'net_amount' then yoy_change end) as yoy_change,
    any_value(shopping_days.shopping_days) as shopping_days,
    bool_and(is_complete) as is_complete
from marts.rpt_kpis
cross join periods
left join shopping_days on period_start = shopping_days.month
where
    period_kind = 'month'
    and dimension = 'all'
    and metric in ('net_amount', 'orders', 'new_customers', 'refund_rate')
    and period_start between periods.first_month and periods.newest_month
group by period_start
order by period_start
