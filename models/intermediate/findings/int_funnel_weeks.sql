{%- set dimensions = ['channel', 'device', 'source', 'medium'] -%}

with entries as (

    select
        int_funnel_entries.*,
        cast(date_trunc('week', entered_date) as date) as week

    from {{ ref('int_funnel_entries') }} as int_funnel_entries

),

{% for dimension in dimensions -%}
{{ dimension }}_values as (

    select distinct
        {{ dimension }}_key,
        {{ dimension }}

    from {{ ref('int_sessions') }}

),

{% endfor -%}

-- a week is judged once its entries are, but for those of its Sunday: some of whose visits are never over by midnight
unripe as (

    select
        funnel_number,
        min(entered_date) as first_date

    from entries

    where not is_mature

    group by funnel_number

),

judged as (

    select entries.*
    from entries
    inner join {{ ref('int_weeks') }} as weeks on entries.week = weeks.week
    left join unripe on entries.funnel_number = unripe.funnel_number
    left join source_values on entries.source_key = source_values.source_key
    -- a new source without buyers is a finding of its own, and no break of the channels that it comes to
    left join {{ ref('int_sources_without_buyers') }} as strangers
        on
            coalesce(source_values.source, 'unknown') = strangers.source
            and weeks.week_number between strangers.first_week_number and strangers.last_week_number
            and strangers.is_new

    where
        entries.is_mature
        and (unripe.first_date is null or weeks.week_end <= unripe.first_date)
        and strangers.source is null

),

-- a person counts with the furthest entry of a week, over all and for each value
furthest as (

    select
        funnel_number,
        week,
        person_key,
        {% for dimension in dimensions -%}
        {{ dimension }}_key,
        {% endfor -%}
        case
            {% for dimension in dimensions -%}
            when grouping({{ dimension }}_key) = 0 then '{{ dimension }}'
            {% endfor -%}
            else 'all'
        end as dimension,
        max(reached_step) as reached_step,
        max(case when is_converted then 1 else 0 end) as converted

    from judged

    group by grouping sets ( -- noqa: PRS
        (funnel_number, week, person_key),
        {% for dimension in dimensions -%}
        (funnel_number, week, person_key, {{ dimension }}_key){{ ',' if not loop.last }}
        {% endfor -%}
    )

),

summed as (

    select
        funnel_number,
        week,
        dimension,
        {% for dimension in dimensions -%}
        {{ dimension }}_key,
        {% endfor -%}
        {% for step in range(1, most_funnel_steps() + 1) -%}
        sum(case when reached_step >= {{ step }} then 1 else 0 end) as people_{{ step }},
        {% endfor -%}
        sum(converted) as converted_people

    from furthest

    group by
        funnel_number,
        week,
        dimension,
        {% for dimension in dimensions -%}
        {{ dimension }}_key{{ ',' if not loop.last }}
        {% endfor %}
),

final as (

    select
        {{ by_funnel('summed.funnel_number', 'name') }} as funnel,
        summed.week,
        summed.dimension,
        case summed.dimension
            {% for dimension in dimensions -%}
            when '{{ dimension }}' then coalesce({{ dimension }}_values.{{ dimension }}, 'unknown')
            {% endfor -%}
            else 'all'
        end as dimension_value,
        {% for step in range(1, most_funnel_steps() + 1) -%}
        summed.people_{{ step }},
        {% endfor -%}
        summed.converted_people

    from summed
    {% for dimension in dimensions -%}
    left join {{ dimension }}_values on summed.{{ dimension }}_key = {{ dimension }}_values.{{ dimension }}_key
    {% endfor %}
)

select * from final
