{{ config(materialized='view') }}

{%- set most_steps = (funnels() | map(attribute='steps') | map('length') | max) -%}
{%- set attributes = ['channel_key', 'device_key', 'source_key', 'medium_key'] %}

with hours as (

    select {{ number_series(0, 23) }} as entered_hour

),

-- one row per hour: a join by equality, and only once
hour_dayparts as (

    select
        hours.entered_hour,
        dayparts.daypart

    from hours
    inner join {{ ref('dayparts') }} as dayparts
        on hours.entered_hour >= dayparts.from_hour and hours.entered_hour < dayparts.to_hour

),

-- one number for person, funnel and month: sorting by one key is cheaper than by three
entries as (

    select
        int_funnel_entries.*,
        hour_dayparts.daypart,
        cast(date_trunc('month', entered_date) as date) as month,
        (person_key * 100 + funnel_number) * 100000
        + cast(extract(year from entered_date) * 12 + extract(month from entered_date) as bigint) as group_key

    from {{ ref('int_funnel_entries') }} as int_funnel_entries
    left join hour_dayparts on int_funnel_entries.entered_hour = hour_dayparts.entered_hour

    where is_mature

),

numbered as (

    select
        group_key,
        person_key,
        funnel_number,
        month,
        reached_step,
        {% for step in range(2, most_steps + 1) -%}
        cast(floor({{ microseconds_between('step_' ~ (step - 1) ~ '_at', 'step_' ~ step ~ '_at') }} / 1000000.0) as bigint) as seconds_{{ step }},
        {% endfor -%}
        {{ attributes | join(',\n        ') }},
        is_new_customer,
        daypart,
        -- a person counts with the entry that went furthest, among equals with the latest
        row_number() over (
            partition by group_key order by reached_step desc, step_1_at desc, session_key asc
        ) as entry_number,
        count(*) over (partition by group_key) as person_entries

    from entries

),

-- most persons have one entry, which always counts
final as (

    select
        numbered.*,
        {% for column in attributes + ['is_new_customer', 'daypart'] -%}
        true as counts_by_{{ column }},
        {% endfor -%}
        true as counts_in_all

    from numbered

    where person_entries = 1

    union all

    select
        numbered.*,
        {% for column in attributes + ['is_new_customer', 'daypart'] -%}
        row_number() over (partition by group_key, {{ column }} order by entry_number) = 1 as counts_by_{{ column }},
        {% endfor -%}
        entry_number = 1 as counts_in_all

    from numbered

    where person_entries > 1

)

select * from final
