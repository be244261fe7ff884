{{ config(materialized='view') }}

{%- set most_steps = (funnels() | map(attribute='steps') | map('length') | max) -%}
{%- set dimensions = ['channel_key', 'device_key', 'source_key', 'medium_key', 'is_new_customer', 'daypart'] -%}
{%- set columns = ['funnel_number', 'month', 'person_key', 'reached_step'] + dimensions -%}
{%- for step in range(2, most_steps + 1) -%} {%- do columns.append('seconds_' ~ step) -%} {%- endfor %}

with hours as (

    select {{ number_series(0, 23) }} as entered_hour

),

-- one row per hour, so that the join is an equality join and runs once
hour_dayparts as (

    select
        hours.entered_hour,
        dayparts.daypart

    from hours
    inner join {{ ref('dayparts') }} as dayparts
        on hours.entered_hour >= dayparts.from_hour and hours.entered_hour < dayparts.to_hour

),

-- one number for person, funnel and month, because sorting by one key is cheaper than by three
described as (

    select
        entries.*,
        hour_dayparts.daypart,
        cast(date_trunc('month', entries.entered_date) as date) as month,
        (entries.person_key * 100 + entries.funnel_number) * 100000
        + cast(extract(year from entries.entered_date) * 12 + extract(month from entries.entered_date) as bigint) as group_key

    from {{ ref('int_funnel_entries') }} as entries
    left join hour_dayparts on entries.entered_hour = hour_dayparts.entered_hour

    where entries.is_mature

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
        {{ dimensions | join(',\n        ') }},
        -- a person counts with the entry that went furthest, the latest if tied
        row_number() over (
            partition by group_key order by reached_step desc, step_1_at desc, session_key asc
        ) as entry_number,
        count(*) over (partition by group_key) as person_entries

    from described

),

-- most people have one entry, which always counts
final as (

    select
        {{ columns | join(',\n        ') }},
        {% for column in dimensions -%}
        true as counts_by_{{ column }},
        {% endfor -%}
        true as counts_in_all

    from numbered

    where person_entries = 1

    union all

    select
        {{ columns | join(',\n        ') }},
        {% for column in dimensions -%}
        row_number() over (partition by group_key, {{ column }} order by entry_number) = 1 as counts_by_{{ column }},
        {% endfor -%}
        entry_number = 1 as counts_in_all

    from numbered

    where person_entries > 1

)

select * from final
