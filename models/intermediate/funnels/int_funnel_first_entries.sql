with recursive step_events as (

    select * from {{ ref('int_funnel_step_events') }}

),

-- mode first_entry: no other entry starts while the window of an entry is open
first_steps as (

    select
        track_key,
        happened_at as entered_at,
        happened_at + {{ by_funnel('track_key', 'window') }} as closes_at

    from step_events

    where step_number = 1 and {{ by_funnel('track_key', 'mode') }} = 'first_entry'

),

window_bounds as (

    select
        track_key,
        entered_at,
        entered_at as happened_at,
        1 as is_window_start

    from first_steps

    union all

    select
        track_key,
        entered_at,
        closes_at as happened_at,
        0 as is_window_start

    from first_steps

),

-- in reverse order: an entry at the exact end of a window is still inside it, so window ends come first
next_entries as (

    select
        track_key,
        entered_at,
        is_window_start,
        min(case when is_window_start = 1 then happened_at end) over (
            partition by track_key order by happened_at desc, is_window_start asc rows between unbounded preceding and current row
        ) as next_entered_at

    from window_bounds

),

window_ends as (

    select * from next_entries
    where is_window_start = 0

),

first_entry_per_track as (

    select
        track_key,
        min(entered_at) as entered_at

    from window_ends

    group by track_key

),

first_entries as (

    select
        track_key,
        entered_at

    from first_entry_per_track

    union all

    select
        first_entries.track_key,
        window_ends.next_entered_at as entered_at

    from first_entries
    inner join window_ends on first_entries.track_key = window_ends.track_key and first_entries.entered_at = window_ends.entered_at

    where window_ends.next_entered_at is not null

)

select * from first_entries
