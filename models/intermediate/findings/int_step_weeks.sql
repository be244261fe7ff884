{%- set dimensions = ['channel', 'device', 'source', 'medium'] -%}

-- entries before the Sunday of the week have their whole window; immature entries of the Sunday are excluded below
with funnel_ends as (

    {% for funnel in funnels() -%}
    select
        {{ funnel.number }} as funnel_number,
        '{{ funnel.name }}' as funnel,
        cast(as_of_date as timestamp) + interval '1' day
        - interval '{{ 0 if funnel.is_within_session else funnel.window_hours }} hours' as last_entry_at

    from {{ ref('int_as_of') }}
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

-- 0 means unknown and -1 the pooled values, even if no touch has them
dimension_values as (

    {% for dimension in dimensions -%}
    select
        '{{ dimension }}' as dimension,
        0 as value_key,
        'unknown' as dimension_value

    union

    select
        '{{ dimension }}' as dimension,
        -1 as value_key,
        'other' as dimension_value

    union

    select
        '{{ dimension }}' as dimension,
        {{ dimension }}_key as value_key,
        {{ dimension }} as dimension_value

    from {{ ref('int_touches') }}

    where {{ dimension }}_key > 0
    {{- '\n\n    union\n\n    ' if not loop.last }}
    {%- endfor %}

),

-- a new source without buyers is a finding of its own and must not cause a step anomaly in its channels
new_sources as (

    select
        dimension_values.value_key as source_key,
        sources.first_week,
        sources.last_day

    from {{ ref('int_sources_without_buyers') }} as sources
    inner join dimension_values
        on dimension_values.dimension = 'source' and sources.source = dimension_values.dimension_value

    where sources.is_new

),

dated_entries as (

    select
        funnel_number,
        person_key,
        reached_step,
        is_converted,
        cast(date_trunc('week', entered_date) as date) as week,
        {{ dimensions | join('_key,\n        ') }}_key

    from {{ ref('int_funnel_entries') }}

    where is_mature

),

entries as (

    select
        entries.funnel_number,
        entries.person_key,
        entries.reached_step,
        entries.is_converted,
        {% for dimension in dimensions -%}
        case when {{ dimension }}_pool.dimension is null then entries.{{ dimension }}_key else -1 end as {{ dimension }}_key,
        {% endfor -%}
        entries.week

    from dated_entries as entries
    inner join {{ ref('int_weeks') }} as weeks on entries.week = weeks.week
    inner join funnel_ends
        on entries.funnel_number = funnel_ends.funnel_number and cast(weeks.week_end as timestamp) <= funnel_ends.last_entry_at
    left join new_sources
        on entries.source_key = new_sources.source_key and entries.week between new_sources.first_week and new_sources.last_day
    {% for dimension in dimensions -%}
    left join {{ ref('int_pooled_values') }} as {{ dimension }}_pool
        on {{ dimension }}_pool.dimension = '{{ dimension }}' and entries.{{ dimension }}_key = {{ dimension }}_pool.value_key
    {% endfor %}
    where new_sources.source_key is null

),

-- a person counts with the entry of the week that went furthest, overall and for each value
furthest as (

    select
        funnel_number,
        week,
        person_key,
        case
            {% for dimension in dimensions -%}
            when grouping({{ dimension }}_key) = 0 then '{{ dimension }}'
            {% endfor -%}
            else 'all'
        end as dimension,
        coalesce({{ dimensions | join('_key, ') }}_key) as value_key,
        max(reached_step) as reached_step,
        max(case when is_converted then 1 else 0 end) as converted

    from entries

    group by grouping sets ( -- noqa: PRS
        (funnel_number, week, person_key),
        {% for dimension in dimensions -%}
        (funnel_number, week, person_key, {{ dimension }}_key){{ ',' if not loop.last }}
        {% endfor -%}
    )

),

counted as (

    select
        funnel_number,
        week,
        dimension,
        value_key,
        reached_step,
        count(*) as people,
        sum(converted) as converted_people

    from furthest

    group by funnel_number, week, dimension, value_key, reached_step

),

final as (

    select
        funnel_ends.funnel,
        steps.event_name as step,
        counted.dimension,
        coalesce(dimension_values.dimension_value, 'all') as dimension_value,
        counted.week,
        sum(case when counted.reached_step >= steps.step_number - 1 then counted.people else 0 end) as people_before,
        sum(case when counted.reached_step >= steps.step_number then counted.people else 0 end) as people,
        sum(counted.converted_people) as converted_people

    from counted
    inner join funnel_ends on counted.funnel_number = funnel_ends.funnel_number
    inner join {{ ref('int_funnel_steps') }} as steps on funnel_ends.funnel = steps.funnel and steps.step_number > 1
    left join dimension_values
        on counted.dimension = dimension_values.dimension and counted.value_key = dimension_values.value_key

    group by funnel_ends.funnel, steps.event_name, counted.dimension, dimension_values.dimension_value, counted.week

)

select * from final
