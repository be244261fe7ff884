-- No mart breaks sales down by region: these are the orders of its customers. Months and labels are those of the mart.
with months as (
    select
        date_trunc('month', order_date)::date as period_start,
        unnest([
            {metric: 'net_amount', numerator: sum(net_amount), denominator: null},
            {metric: 'orders', numerator: count(*), denominator: null},
            {metric: 'new_customers', numerator: count(*) filter (where is_first_order), denominator: null},
            {metric: 'average_order_amount', numerator: sum(net_amount), denominator: count(*)},
            {metric: 'refund_rate', numerator: sum(refunded_amount), denominator: sum(goods_amount)}
        ], recursive := true)
    from marts.fct_orders
    where is_valid and customer_id in (select customer_id from of_scope)
    group by 1
),

metrics as (
    select
        shop.*,
        case when shop.denominator is null then coalesce(months.numerator, 0) else months.numerator end as scope_numerator,
        months.denominator as scope_denominator,
        case
            when shop.denominator is null then scope_numerator
            else scope_numerator / nullif(scope_denominator, 0)
        end::double as scope_value,
        lag(scope_value) over of_metric as scope_previous_value,
        lag(scope_value, 12) over of_metric as scope_year_ago_value
    from marts.rpt_kpis as shop
    left join months using (metric, period_start)
    where
        dimension = 'all' and period_kind = 'month' and is_complete
        and metric in ('net_amount', 'orders', 'new_customers', 'average_order_amount', 'refund_rate')
    window of_metric as (partition by shop.metric order by period_start)
)

select * replace (
    scope_numerator as numerator,
    scope_denominator as denominator,
    scope_value as value,
    scope_previous_value as previous_value,
    scope_year_ago_value as year_ago_value,
    case when scope_value >= 0 and scope_previous_value > 0 then scope_value / scope_previous_value - 1 end as change,
    case when scope_value >= 0 and scope_year_ago_value > 0 then scope_value / scope_year_ago_value - 1 end as yoy_change
)
from metrics
