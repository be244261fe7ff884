{%- set most_steps = most_funnel_steps() -%}
{%- set dimensions = ['channel', 'device', 'source', 'medium'] -%}

with entries as (

    select
        funnel,
        person_id,
        reached_step,
        is_converted,
        entered_week as week,
        {{ dimensions | join(',\n        ') }}

    from {{ ref('int_funnel_entries_described') }}

),

-- a week is judged once its entries are, but for those of its Sunday: some of whose visits are never over by midnight
unripe as (

    select
        funnel,
        min(entered_date) as first_date

    from {{ ref('fct_funnel_entries') }}

    where not is_mature

    group by funnel

),

judged as (

    select entries.*
    from entries
    inner join {{ ref('int_weeks') }} as weeks on entries.week = weeks.week
    left join unripe on entries.funnel = unripe.funnel
    -- a new source without buyers is a finding of its own, and no break of the channels that it comes to
    left join {{ ref('int_sources_without_buyers') }} as strangers
        on
            entries.source = strangers.source
            and weeks.week_number between strangers.first_week_number and strangers.last_week_number
            and strangers.is_new

    where (unripe.first_date is null or weeks.week_end <= unripe.first_date) and strangers.source is null

),

-- a person counts with the furthest entry of a week, over all and for each value
furthest as (

    select
        funnel,
        week,
        person_id,
        {{ dimensions | join(',\n        ') }},
        case
            {% for dimension in dimensions -%}
            when grouping({{ dimension }}) = 0 then '{{ dimension }}'
            {% endfor -%}
            else 'all'
        end as dimension,
        max(reached_step) as reached_step,
        max(case when is_converted then 1 else 0 end) as converted

    from judged

    group by grouping sets ( -- noqa: PRS
        (funnel, week, person_id),
        {% for dimension in dimensions -%}
        (funnel, week, person_id, {{ dimension }}){{ ',' if not loop.last }}
        {% endfor -%}
    )

),

final as (

    select
        funnel,
        week,
        dimension,
        coalesce({{ dimensions | join(', ') }}, 'all') as dimension_value,
        {% for step in range(1, most_steps + 1) -%}
        sum(case when reached_step >= {{ step }} then 1 else 0 end) as people_{{ step }},
        {% endfor -%}
        sum(converted) as converted_people

    from furthest

    group by funnel, week, dimension, coalesce({{ dimensions | join(', ') }}, 'all')

)

select * from final
