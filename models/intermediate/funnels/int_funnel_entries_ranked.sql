{{ config(materialized='view') }}

{%- set most_steps = (funnels() | map(attribute='steps') | map('length') | max) -%}
{%- set attributes = ['channel', 'device', 'source', 'medium'] -%}
{%- set dimensions = ['channel_key', 'device_key', 'source_key', 'medium_key', 'is_new_customer', 'daypart'] -%}
{%- set few_entries = 4 -%}
{#- whether the value differs from the values of up to few_entries - 1 earlier entries -#}
{%- set differs_from_earlier = {} -%}
{%- for column in dimensions -%}
{%- set comparisons = [] -%}
{%- for distance in range(1, few_entries) -%}
{%- set earlier = "lag(%s, " ~ distance ~ ") over person_order" -%}
{%- do comparisons.append("(" ~ earlier % "reached_step" ~ " is null or " ~ column ~ " is distinct from " ~ earlier % column ~ ")") -%}
{%- endfor -%}
{%- do differs_from_earlier.update({column: comparisons | join(' and ')}) -%}
{%- endfor -%}
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

-- all pooled values have the key -1; one number for person, funnel and month, because sorting by one key is cheaper than by three
described as (

    select
        entries.funnel_number,
        entries.person_key,
        entries.session_key,
        entries.reached_step,
        {% for step in range(1, most_steps + 1) -%}
        entries.step_{{ step }}_at,
        {% endfor -%}
        {% for attribute in attributes -%}
        case when {{ attribute }}_pool.dimension is null then entries.{{ attribute }}_key else -1 end as {{ attribute }}_key,
        {% endfor -%}
        entries.is_new_customer,
        hour_dayparts.daypart,
        cast(date_trunc('month', entries.entered_date) as date) as month,
        (entries.person_key * 100 + entries.funnel_number) * 100000
        + cast(extract(year from entries.entered_date) * 12 + extract(month from entries.entered_date) as bigint) as group_key

    from {{ ref('int_funnel_entries') }} as entries
    left join hour_dayparts on entries.entered_hour = hour_dayparts.entered_hour
    {% for attribute in attributes -%}
    left join {{ ref('int_pooled_values') }} as {{ attribute }}_pool
        on {{ attribute }}_pool.dimension = '{{ attribute }}' and entries.{{ attribute }}_key = {{ attribute }}_pool.value_key
    {% endfor %}
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
        {% for column in dimensions -%}
        {{ differs_from_earlier[column] }} as counts_by_{{ column }},
        {% endfor -%}
        row_number() over person_order as entry_number,
        count(*) over (partition by group_key) as person_entries

    from described

    -- a person counts with the entry that went furthest, the latest if tied
    window person_order as (partition by group_key order by reached_step desc, step_1_at desc, session_key asc)

),

-- most people have few entries, which one sort for all dimensions compares; more entries need a sort for each dimension
final as (

    select
        {{ columns | join(',\n        ') }},
        {% for column in dimensions -%}
        counts_by_{{ column }},
        {% endfor -%}
        entry_number = 1 as counts_in_all

    from numbered

    where person_entries <= {{ few_entries }}

    union all

    select
        {{ columns | join(',\n        ') }},
        {% for column in dimensions -%}
        row_number() over (partition by group_key, {{ column }} order by entry_number) = 1 as counts_by_{{ column }},
        {% endfor -%}
        entry_number = 1 as counts_in_all

    from numbered

    where person_entries > {{ few_entries }}

)

select * from final
