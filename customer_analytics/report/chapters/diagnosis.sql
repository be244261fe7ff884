-- name: findings
select
    severity_{lang} as severity_name,
    finding_{lang} as finding,
    action_{lang} as action,
    dimension_{lang} as dimension_name,
    dimension_value_{lang} as value_name,
    observed,
    expected,
    affected_customers,
    affected_amount,
    metric,
    severity,
    is_ongoing,
    status_{lang} as status_name,
    period_end,
    valued_by
from marts.rpt_findings
order by
    is_ongoing desc,
    list_position(['high', 'medium', 'low'], severity),
    period_start desc,
    finding_id

-- name: strategies
select
    segment_{lang} as tier_name,
    action_{lang} as action,
    status_{lang} as status_name,
    owner,
    started_on,
    ends_on,
    target_metric_{lang} as metric_name,
    baseline,
    target,
    expected,
    actual,
    actual_low,
    actual_high,
    -- at most 1: a small target can be exceeded several times over; least(null, 1) would be 1
    case when progress > 1 then 1 else progress end as progress,
    is_on_track,
    status
from marts.rpt_strategies
order by list_position(['running', 'finished', 'proposed'], status), is_on_track nulls last, segment

-- name: lists
with entries as (
    select
        list.*,
        shop.has_subscriptions,
        -- as in the exported lists: without any consents on record, all customers
        allowed_channel is not null or not shop.has_subscriptions as is_reachable
    from marts.fct_action_list as list, marts.dim_shop as shop
)

select
    action_{lang} as action,
    count(*) filter (where not is_control) as customers,
    count(*) filter (where not is_control and is_reachable) as reachable_customers,
    count(*) filter (where is_control) as control_customers,
    max(response_rate) as response_rate,
    bool_or(is_response_assumed) as is_response_assumed,
    sum(expected_value) filter (where not is_control and is_reachable) as expected_value,
    bool_and(has_subscriptions) as has_subscriptions
from entries
group by action_code, action
order by expected_value desc nulls last, action_code

-- name: segments
select
    segment_{lang} as lifecycle_segment_name,
    customers,
    customer_share,
    net_amount_share,
    recommended_action_{lang} as action,
    segment
from marts.rpt_segments
where scheme = 'lifecycle_segment' and customers > 0
order by net_amount_share desc nulls last, segment
