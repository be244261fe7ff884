with moments as (

    select * from {{ ref('int_step_moments') }}

),

steps as (

    select * from {{ ref('int_funnel_steps') }}

),

placed as (

    select
        -- one number for the funnel and for whose steps form a chain in it: sorting by one key is cheaper than by two
        case when steps.is_within_session then moments.session_key else moments.person_key end * 100
        + steps.funnel_number as track_key,
        moments.happened_at,
        cast(steps.step_number as smallint) as step_number,
        moments.session_key

    from moments
    inner join steps on moments.event_name = steps.event_name

    where not steps.is_within_session or moments.session_key is not null

),

final as (

    -- several first steps at one moment are one entry
    select
        track_key,
        happened_at,
        step_number,
        min(session_key) as session_key

    from placed

    where step_number = 1

    group by track_key, happened_at, step_number

    union all

    select
        track_key,
        happened_at,
        step_number,
        session_key

    from placed

    where step_number > 1

)

select * from final
