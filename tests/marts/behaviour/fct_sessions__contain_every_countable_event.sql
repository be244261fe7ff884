-- Every accepted event up to as_of_date is either in one session or counted as excluded, exactly once.
with accepted as (

    select count(*) as events
    from {{ ref('stg_shop__events') }} as events
    cross join {{ ref('int_as_of') }} as as_of
    where events.occurred_at < as_of.as_of_end_at

),

in_sessions as (

    select coalesce(sum(events), 0) as events
    from {{ ref('fct_sessions') }}

),

left_out as (

    select coalesce(sum(events), 0) as events
    from {{ ref('audit_left_out_events') }}

)

select
    accepted.events as accepted_events,
    in_sessions.events as events_in_sessions,
    left_out.events as left_out_events

from accepted
cross join in_sessions
cross join left_out

where accepted.events <> in_sessions.events + left_out.events
