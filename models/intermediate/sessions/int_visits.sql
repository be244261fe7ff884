with moments as (

    select distinct
        person_key,
        occurred_at

    from {{ ref('int_events_identified') }}

    -- events that come with a session id need no cutting
    where session_id is null

),

campaign_cuts as (

    select * from {{ ref('int_campaign_cuts') }}

),

followed as (

    select
        moments.person_key,
        moments.occurred_at,
        campaign_cuts.occurred_at is not null as is_campaign_cut,
        lag(moments.occurred_at) over (
            partition by moments.person_key order by moments.occurred_at
        ) as previous_occurred_at

    from moments
    left join campaign_cuts
        on moments.person_key = campaign_cuts.person_key and moments.occurred_at = campaign_cuts.occurred_at

),

started as (

    select
        person_key,
        occurred_at,
        max(
            case
                when
                    previous_occurred_at is null
                    or occurred_at > previous_occurred_at + interval '{{ var("session_timeout_minutes") }} minutes'
                    or is_campaign_cut
                    then occurred_at
            end
        ) over (
            partition by person_key order by occurred_at rows between unbounded preceding and current row
        ) as started_at

    from followed

),

-- a visit that goes on for days is cut into pieces of three days, each with its end
pieces as (

    select
        person_key,
        occurred_at,
        started_at,
        greatest(
            cast(floor(({{ microseconds_between('started_at', 'occurred_at') }} - 1) / 259200000000.0) as integer), 0
        ) as piece

    from started

),

final as (

    select
        person_key,
        occurred_at,
        started_at + piece * interval '72 hours' as visit_anchor_at

    from pieces

)

select * from final
