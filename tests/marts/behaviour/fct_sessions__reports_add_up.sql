-- Traffic sources and visit hours cover all sessions: their counts, orders and net sales add up to the totals.
with sessions as (

    select
        count(*) as sessions,
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(net_amount), 0) as net_amount

    from {{ ref('fct_sessions') }}

),

reports as (

    select
        'rpt_traffic_sources' as report,
        coalesce(sum(sessions), 0) as sessions,
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(net_amount), 0) as net_amount

    from {{ ref('rpt_traffic_sources') }}

    union all

    select
        'rpt_visit_hours' as report,
        coalesce(sum(sessions), 0) as sessions,
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(net_amount), 0) as net_amount

    from {{ ref('rpt_visit_hours') }}

)

select
    reports.report,
    reports.sessions,
    sessions.sessions as all_sessions,
    reports.net_amount,
    sessions.net_amount as all_net_amount

from reports
cross join sessions

where
    reports.sessions <> sessions.sessions
    or reports.orders <> sessions.orders
    or reports.net_amount <> sessions.net_amount
