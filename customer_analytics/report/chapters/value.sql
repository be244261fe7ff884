-- name: tiers
select
    segment_{lang} as tier_name,
    customers,
    customer_share,
    net_amount as year_net_amount,
    net_amount_share,
    average_order_amount,
    repurchase_rate as year_repurchase_rate,
    segment
from marts.rpt_segments
where scheme = 'value_tier' and (customers > 0 or segment != 'unscored')
order by list_position(['high_value', 'potential', 'general', 'churn_risk', 'low_value'], segment)

-- name: pareto
select customer_percentile, net_amount as year_net_amount, net_amount_share, cumulative_net_amount_share
from marts.rpt_pareto
where total_net_amount > 0
order by customer_percentile

-- name: history
select
    rpt_segment_migration.month,
    label('value_tier', to_segment) as tier_name,
    sum(customers)::bigint as customers,
    sum(customers) / sum(sum(customers)) over (partition by rpt_segment_migration.month) as customer_share,
    to_segment as segment
from marts.rpt_segment_migration, periods
where
    scheme = 'value_tier'
    and rpt_segment_migration.month between periods.first_month and periods.newest_month
group by rpt_segment_migration.month, to_segment
order by
    list_position(['high_value', 'potential', 'general', 'churn_risk', 'low_value'], segment),
    rpt_segment_migration.month

-- name: moves
select
    label('value_tier', from_segment) as from_segment_name,
    label('value_tier', to_segment) as to_segment_name,
    customers,
    net_amount as window_net_amount,
    month,
    from_segment,
    to_segment,
    from_segment = to_segment as same
from marts.rpt_segment_migration
where scheme = 'value_tier'
qualify month = max(month) over ()
order by
    list_position(['high_value', 'potential', 'general', 'churn_risk', 'low_value', 'unscored', 'none'], from_segment),
    list_position(['high_value', 'potential', 'general', 'churn_risk', 'low_value', 'unscored', 'none'], to_segment)

-- name: curves
select
    days as days_since_first_order,
    customers,
    net_amount_per_customer as customer_net_amount,
    margin_amount_per_customer as customer_margin_amount
from marts.rpt_value_curves
where dimension = 'all' and days <= 360
order by days

-- name: seasonality
select
    case '{lang}'
        when 'en' then strftime(make_date(2000, month_of_year, 1), '%B')
        else month_of_year || ' 月'
    end as month_name,
    seasonal_factor as seasonal_share,
    lowest_share,
    highest_share,
    complete_years
from marts.rpt_seasonality
where seasonal_factor is not null
order by month_of_year
