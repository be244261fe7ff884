with events as (

    select * from {{ ref('int_events_identified') }}

),

campaign_events as (

    select
        events.person_key,
        events.occurred_at,
        touches.campaign,
        lag(touches.campaign) over (
            partition by events.person_key order by events.occurred_at, {{ binary_collation('events.event_key') }}
        ) as previous_campaign

    from events
    inner join {{ ref('int_touches') }} as touches on events.touch_key = touches.touch_key

    where
        {{ var('session_cut_on_campaign') }}
        and touches.campaign <> ''
        and events.session_id is null

),

campaign_changes as (

    select distinct
        person_key,
        occurred_at

    from campaign_events

    where campaign <> previous_campaign

),

-- events with a session id are not split and never mix with those without
time_gaps as (

    select
        person_key,
        occurred_at,
        lag(occurred_at) over (partition by person_key order by occurred_at) as previous_occurred_at

    from events

    where session_id is null

),

-- points in time with several events of a session
tied_times as (

    select
        person_key,
        occurred_at

    from time_gaps

    where occurred_at = previous_occurred_at

    union

    select
        person_key,
        occurred_at

    from events

    where session_id is not null

    group by person_key, session_id, occurred_at

    having count(*) > 1

),

-- simultaneous events count as one
session_starts as (

    select
        time_gaps.person_key,
        time_gaps.occurred_at,
        max(
            case
                when
                    time_gaps.previous_occurred_at is null
                    or time_gaps.occurred_at > time_gaps.previous_occurred_at + interval '{{ var("session_timeout_minutes") }} minutes'
                    or campaign_changes.occurred_at is not null
                    then time_gaps.occurred_at
            end
        ) over (
            partition by time_gaps.person_key order by time_gaps.occurred_at rows between unbounded preceding and current row
        ) as started_at

    from time_gaps
    left join campaign_changes
        on time_gaps.person_key = campaign_changes.person_key and time_gaps.occurred_at = campaign_changes.occurred_at

    where time_gaps.occurred_at is distinct from time_gaps.previous_occurred_at

),

-- a session that lasts for days is split every three days
session_parts as (

    select
        person_key,
        occurred_at,
        started_at,
        greatest(
            cast(floor(({{ microseconds_between('started_at', 'occurred_at') }} - 1) / 259200000000.0) as integer), 0
        ) as part

    from session_starts

),

sessions as (

    select
        person_key,
        cast(null as {{ dbt.type_string() }}) as session_id,
        started_at as visit_started_at,
        part,
        min(occurred_at) as started_at

    from session_parts

    group by person_key, started_at, part

    union all

    select
        person_key,
        session_id,
        cast(null as timestamp) as visit_started_at,
        0 as part,
        min(occurred_at) as started_at

    from events

    where session_id is not null

    group by person_key, session_id

),

numbered as (

    select
        sessions.*,
        row_number() over (
            order by person_key, started_at, {{ binary_collation("coalesce(session_id, '')") }}
        ) as session_key

    from sessions

),

session_times as (

    select
        session_parts.person_key,
        session_parts.occurred_at,
        numbered.session_key

    from session_parts
    inner join numbered
        on
            session_parts.person_key = numbered.person_key
            and session_parts.started_at = numbered.visit_started_at
            and session_parts.part = numbered.part

),

session_events as (

    select
        session_times.session_key,
        events.*

    from events
    inner join session_times
        on events.person_key = session_times.person_key and events.occurred_at = session_times.occurred_at

    where events.session_id is null

    union all

    select
        numbered.session_key,
        events.*

    from events
    inner join numbered on events.person_key = numbered.person_key and events.session_id = numbered.session_id

),

final as (

    select
        session_events.session_key,
        session_events.person_key,
        session_events.occurred_at,
        -- orders simultaneous events of a session; most timestamps have one event
        case when tied_times.person_key is not null then session_events.event_key end as tied_event_key,
        session_events.event_name,
        session_events.session_id,
        session_events.product_id,
        session_events.order_id,
        cast(session_events.touch_key as integer) as touch_key,
        session_events.page,
        cast(case session_events.identity_rule
            when 'customer_id' then 5 when 'next_login' then 4 when 'previous_login' then 3 when 'visitor_link' then 2 else 1
        end as smallint) as identity_strength

    from session_events
    left join tied_times
        on session_events.person_key = tied_times.person_key and session_events.occurred_at = tied_times.occurred_at

)

select * from final
