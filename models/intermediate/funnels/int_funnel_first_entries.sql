with recursive moments as (

    select * from {{ ref('int_funnel_moments') }}

),

-- mode first_entry: no other entry starts while the window of an entry is open
entrances as (

    select
        track_key,
        happened_at as entered_at,
        happened_at + {{ by_funnel('track_key', 'window') }} as closes_at

    from moments

    where step_number = 1 and {{ by_funnel('track_key', 'mode') }} = 'first_entry'

),

openings_and_closings as (

    select
        track_key,
        entered_at,
        entered_at as happened_at,
        1 as is_opening

    from entrances

    union all

    select
        track_key,
        entered_at,
        closes_at as happened_at,
        0 as is_opening

    from entrances

),

-- in reverse order: an entry at the exact end of a window is still inside it, so window ends come first
next_entrances as (

    select
        track_key,
        entered_at,
        is_opening,
        min(case when is_opening = 1 then happened_at end) over (
            partition by track_key order by happened_at desc, is_opening asc rows between unbounded preceding and current row
        ) as next_entered_at

    from openings_and_closings

),

closings as (

    select * from next_entrances
    where is_opening = 0

),

first_entrances as (

    select
        track_key,
        min(entered_at) as entered_at

    from closings

    group by track_key

),

first_entries as (

    select
        track_key,
        entered_at

    from first_entrances

    union all

    select
        first_entries.track_key,
        closings.next_entered_at as entered_at

    from first_entries
    inner join closings on first_entries.track_key = closings.track_key and first_entries.entered_at = closings.entered_at

    where closings.next_entered_at is not null

)

select * from first_entries
