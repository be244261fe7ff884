-- name: states
select
    label('churn_status', churn.churn_status) as churn_status_name,
    count(*) as customers,
    count(*) / sum(count(*)) over () as customer_share,
    sum(customers.lifetime_net_amount) as all_time_net_amount,
    sum(customers.predicted_value_365d) as predicted_value,
    churn.churn_status
from marts.fct_customer_churn as churn
inner join marts.dim_customers as customers on churn.customer_id = customers.customer_id
group by churn.churn_status, churn_status_name
order by list_position(['active', 'at_risk', 'churned'], churn.churn_status)

-- name: flags
with customers as (
    select churn.*, rfm.value_tier
    from marts.fct_customer_churn as churn
    inner join marts.fct_customer_rfm as rfm on churn.customer_id = rfm.customer_id
),

counted as (
    select
        unnest(['lapsed_tier', 'churned', 'gone', 'high_band', 'at_risk', 'churn_warning']) as flag,
        unnest([
            count(*) filter (where value_tier = 'churn_risk'),
            count(*) filter (where is_churned),
            round(sum(gone_probability)),
            count(*) filter (where risk_band = 'high'),
            count(*) filter (where is_at_risk),
            count(*) filter (where is_churn_warning)
        ])::bigint as customers,
        count(*) as all_customers
    from customers
)

select
    label('churn_flag', flag) as flag_name,
    label('churn_flag_meaning', flag) as meaning,
    customers,
    customers / all_customers as customer_share,
    flag
from counted
where customers is not null and all_customers > 0

-- name: warned
select
    label('value_tier', rfm.value_tier) as tier_name,
    count(*) as customers,
    sum(rfm.monetary_amount) as year_net_amount,
    sum(value.predicted_value_365d) as predicted_value,
    sum(churn.value_at_risk) as value_at_risk,
    rfm.value_tier as segment
from marts.fct_customer_churn as churn
inner join marts.fct_customer_rfm as rfm on churn.customer_id = rfm.customer_id
inner join marts.fct_customer_lifetime_value as value on churn.customer_id = value.customer_id
where churn.is_churn_warning
group by rfm.value_tier
order by year_net_amount desc, segment

-- name: signals
select
    coalesce(label('churn_signal', main_signal), label('risk_reason', 'probability')) as main_reason_name,
    count(*) as customers,
    count(*) filter (where is_churn_warning) as warned_customers,
    label('recommended_action', recommended_action) as action
from marts.fct_customer_churn
where is_at_risk
group by main_signal, main_reason_name, action
order by customers desc, main_signal

-- name: bands
select
    risk_band as band,
    label('risk_band', risk_band) as band_name,
    count(*) as customers,
    avg(churn_probability) as mean_probability,
    any_value(label('probability_method', probability_method)) as method
from marts.fct_customer_churn
where churn_probability is not null
group by risk_band
order by list_position(['high', 'medium', 'low'], risk_band)

-- name: methods
select
    method_{lang} as method_name,
    auc,
    brier,
    precision as precision_rate,
    recall as recall_rate,
    customers,
    churners,
    cutoff_date,
    horizon_days,
    method
from marts.rpt_churn_backtest
where auc is not null
order by method = 'published' desc, auc desc, method

-- name: calibration
select
    decile,
    customers,
    predicted as predicted_share,
    actual as actual_share,
    cutoff_date,
    (select max(horizon_days) from marts.rpt_churn_backtest) as horizon_days
from marts.rpt_churn_calibration
where method = 'published'
order by predicted, decile
