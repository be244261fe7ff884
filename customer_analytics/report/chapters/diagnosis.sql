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
    customers,
    action_{lang} as action,
    target_metric_{lang} as metric_name,
    baseline,
    target,
    actual,
    -- at most 1: a small target can be exceeded several times over
    least(progress, 1) as progress,
    is_on_track,
    units.unit
from marts.rpt_strategies
left join (select distinct metric, unit from marts.rpt_kpis) as units on target_metric = units.metric
order by is_on_track nulls last, segment

-- name: lists
select
    action_{lang} as action,
    count(*) as customers,
    count(*) filter (where allowed_channel is not null) as reachable_customers,
    sum(expected_value) as expected_value
from marts.fct_action_list
group by action_code, action
order by expected_value desc nulls last, action_code

-- name: segments
select
    segment_{lang} as lifecycle_segment_name,
    customers,
    customer_share,
    net_amount_share,
    recommended_action_{lang} as action
from marts.rpt_segments
where scheme = 'lifecycle_segment' and customers > 0
order by net_amount_share desc nulls last, segment
