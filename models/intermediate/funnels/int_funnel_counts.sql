{%- set most_steps = most_funnel_steps() -%}
{%- set dimensions = [
    'everyone', 'channel', 'device', 'source', 'medium', 'customer_type', 'city_tier', 'value_tier', 'daypart'
] -%}

with entries as (

    select
        funnel,
        entered_month,
        person_id,
        reached_step,
        {% for step in range(2, most_steps + 1) -%}
        {{ seconds_between('step_' ~ (step - 1) ~ '_at', 'step_' ~ step ~ '_at') }} as seconds_{{ step }},
        {% endfor -%}
        'all' as everyone,
        {{ dimensions[1:] | join(',\n        ') }},
        -- a person counts with the entry that went furthest, among equals with the latest
        row_number() over (
            partition by funnel, entered_month, person_id
            order by reached_step desc, entered_at desc, {{ byte_order('session_id') }}
        ) as entry_number

    from {{ ref('int_funnel_entries_described') }}

),

-- the same among the entries of one value; a tier is the same for all entries of a person and month
ranked as (

    {% for dimension in dimensions -%}
    select
        funnel,
        entered_month,
        reached_step,
        {% for step in range(2, most_steps + 1) -%}
        seconds_{{ step }},
        {% endfor -%}
        '{{ "all" if dimension == "everyone" else dimension }}' as dimension,
        {{ dimension }} as dimension_value,
        {{
            'entry_number' if dimension in ['everyone', 'city_tier', 'value_tier']
            else 'row_number() over (partition by funnel, entered_month, ' ~ dimension ~ ', person_id order by entry_number)'
        }} as entry_rank

    from entries
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

final as (

    select
        funnel,
        entered_month as month,
        dimension,
        dimension_value,
        {% for step in range(2, most_steps + 1) -%}
        sum(case when reached_step >= {{ step }} then 1 else 0 end) as entries_{{ step }},
        sum(case when entry_rank = 1 and reached_step >= {{ step }} then 1 else 0 end) as people_{{ step }},
        {{ median('case when entry_rank = 1 then seconds_' ~ step ~ ' end') }} as median_seconds_{{ step }},
        percentile_disc(0.9) within group (
            order by case when entry_rank = 1 then seconds_{{ step }} end
        ) as p90_seconds_{{ step }},
        {% endfor -%}
        count(*) as entries_1,
        count(case when entry_rank = 1 then 1 end) as people_1

    from ranked

    group by funnel, entered_month, dimension, dimension_value

)

select * from final
