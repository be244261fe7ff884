-- name: funnels
with months as (
    select rpt_funnel.funnel, max(rpt_funnel.month) as month
    from marts.rpt_funnel, periods
    where rpt_funnel.dimension = 'all' and rpt_funnel.month <= periods.newest_month
    group by rpt_funnel.funnel
)

select
    step_{lang} as step_name,
    people,
    case when step_number > 1 then step_rate end as step_rate,
    overall_rate,
    funnel,
    label('funnel', funnel) as funnel_name,
    rpt_funnel.month,
    step_number
from marts.rpt_funnel
inner join months using (funnel, month)
where dimension = 'all' and entered > 0
order by funnel, step_number

-- name: conversion
select month, label('funnel', funnel) as funnel_name, funnel, entered as people_entered, people as people_completed, overall_rate
from marts.rpt_funnel, periods
where
    dimension = 'all'
    and rpt_funnel.month between periods.first_month and periods.newest_month
    and overall_rate is not null
qualify step_number = max(step_number) over (partition by funnel)
order by month, funnel

-- name: groups
with last_steps as (
    select rpt_funnel.*
    from marts.rpt_funnel, periods
    where
        dimension in ('channel', 'device', 'customer_type', 'source')
        and rpt_funnel.month between periods.newest_month - interval 2 month and periods.newest_month
    qualify
        step_number = max(step_number) over (partition by funnel)
        and funnel = min(funnel) over ()
)

select
    label('dimension', dimension) as dimension_name,
    value_label(dimension, dimension_value, max(pooled_values)) as value_name,
    sum(entered)::bigint as people_entered,
    sum(people)::bigint as people_completed,
    sum(people) / sum(entered) as overall_rate,
    min(min(month)) over () as from_month,
    max(max(month)) over () as to_month,
    dimension,
    label('funnel', funnel) as funnel_name,
    dimension_value as value
from last_steps
group by dimension, dimension_value, funnel_name
-- too few people for a rate
having sum(entered) >= 30
order by list_position(['customer_type', 'channel', 'device', 'source'], dimension), overall_rate desc

-- name: carts
select
    month,
    sum(carts)::bigint as carts,
    sum(abandoned_carts)::bigint as abandoned_carts,
    sum(abandoned_carts) / nullif(sum(carts), 0) as cart_abandonment_rate,
    sum(abandoned_checkouts) / nullif(sum(checkouts), 0) as checkout_abandonment_rate,
    sum(payments_succeeded) / nullif(sum(payments_attempted), 0) as payment_conversion_rate,
    sum(abandoned_amount) as abandoned_amount
from (
    select rpt_carts.*
    from marts.rpt_carts, periods
    where rpt_carts.month between periods.first_month and periods.newest_month
)
group by month
having sum(carts) > 0
order by month

-- name: hours
select
    label('weekday', weekday) as weekday_name,
    hour,
    sum(sessions)::bigint as sessions,
    sum(orders)::bigint as orders,
    sum(sessions) / sum(observed_hours) as sessions_per_hour,
    weekday_number
from marts.rpt_visit_hours
group by weekday, weekday_number, hour
order by weekday_number, hour
