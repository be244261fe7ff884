-- name: kpis
with newest as (
    select *
    from marts.rpt_kpis
    where dimension = 'all' and is_complete and value is not null
    qualify row_number() over (partition by metric order by month desc) = 1
)

select
    metric_{lang} as metric_name,
    month,
    value,
    previous_value,
    change,
    year_ago_value,
    yoy_change,
    metric,
    unit,
    is_higher_better,
    -- the first eight are shown as cards
    coalesce(
        list_position(
            [
                'net_amount', 'orders', 'new_customers', 'average_order_amount',
                'conversion_rate', 'repurchase_rate', 'churned_share', 'refund_rate'
            ],
            metric
        ),
        99
    ) as place
from newest
order by place, metric

-- name: kpi_history
select metric, month, value
from marts.rpt_kpis, periods
where
    dimension = 'all' and is_complete and value is not null
    and month between periods.first_month and periods.newest_month
order by metric, month

-- name: findings
select
    severity_{lang} as severity_name,
    rule_{lang} as rule,
    finding_{lang} as finding,
    action_{lang} as action,
    period_start as start_date,
    period_end as end_date,
    affected_customers,
    affected_amount,
    severity,
    is_ongoing
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
with monthly as (
    select
        date_trunc('month', order_date)::date as month,
        sum(orders)::bigint as orders,
        sum(new_customers)::bigint as new_customers,
        sum(net_amount) as net_amount,
        sum(refunded_amount) as refunded_amount
    from marts.rpt_sales_daily
    group by all
),

compared as (
    select
        monthly.*,
        (monthly.net_amount - previous.net_amount) / nullif(abs(previous.net_amount), 0) as change,
        (monthly.net_amount - year_ago.net_amount) / nullif(abs(year_ago.net_amount), 0) as yoy_change
    from monthly
    left join monthly as previous on monthly.month = previous.month + interval 1 month
    left join monthly as year_ago on monthly.month = year_ago.month + interval 12 month
)

select compared.*
from compared, periods
where month between periods.first_month and periods.newest_month
order by month
