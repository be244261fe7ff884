-- name: answers
select input as input_code, rows_accepted as accepted_rows
from audit.audit_row_ledger
where input in ('reviews', 'support_tickets', 'nps_responses', 'refunds') and rows_accepted > 0
order by list_position(['reviews', 'support_tickets', 'nps_responses', 'refunds'], input)

-- name: signals
with counted as (
    select
        count(*) filter (where has_bad_reviews) as bad_reviews,
        count(*) filter (where has_complaints_up) as complaints_up,
        count(*) filter (where has_returns_up) as returns_up,
        count(*) filter (where has_unsubscribed) as unsubscribed,
        count(*) as all_customers
    from marts.fct_customer_churn
),

signals as (
    unpivot counted on bad_reviews, complaints_up, returns_up, unsubscribed into name signal value customers
)

select
    label('churn_signal', signal) as signal_name,
    customers,
    customers / all_customers as customer_share
from signals
where customers > 0
order by customers desc, signal

-- name: refunds
select period_start as month, denominator as goods_amount, numerator as refunded_amount, value as refund_rate
from marts.rpt_kpis, periods
where
    period_kind = 'month' and metric = 'refund_rate' and dimension = 'all'
    and period_start between periods.first_month and periods.newest_month
qualify sum(numerator) over () > 0
order by month

-- name: effects
select
    behaviour_{lang} as behaviour_name,
    customers_with,
    repurchase_rate_with as with_rate,
    customers_without,
    repurchase_rate_without as without_rate,
    difference,
    difference_lower as lower_difference,
    difference_upper as upper_difference,
    note_{lang} as note,
    difference_lower > 0 or difference_upper < 0 as is_clear,
    abs(difference) as difference_size
from marts.rpt_engagement_effects
where difference_lower is not null
order by difference desc, behaviour
