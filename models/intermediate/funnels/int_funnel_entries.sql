{{ config(materialized='view') }}

{%- set most_steps = most_funnel_steps() -%}

with moments as (

    select * from {{ ref('int_funnel_moments') }}

),

first_entries as (

    select * from {{ ref('int_funnel_first_entries') }}

),

-- in mode latest_entry every first step is an entry
entries_1 as (

    select
        track_key,
        session_key,
        happened_at as step_1_at

    from moments

    where step_number = 1 and {{ by_funnel('track_key', 'mode') }} = 'latest_entry'

    union all

    select
        moments.track_key,
        moments.session_key,
        moments.happened_at as step_1_at

    from moments
    -- by the whole key: were the first step picked by a filter, DuckDB would test every moment for every step beforehand
    inner join first_entries
        on
            moments.track_key = first_entries.track_key
            and moments.happened_at = first_entries.happened_at
            and moments.step_number = first_entries.step_number

),

{% for step in range(2, most_steps + 1) -%}
{%- set steps_before -%}
{%- for earlier in range(1, step - 1) %}
        step_{{ earlier }}_at,
{%- endfor %}
{%- endset -%}
candidates_{{ step }} as (

    select
        track_key,
        session_key,
        {{- steps_before }}
        step_{{ step - 1 }}_at as happened_at,
        cast({{ step - 1 }} as smallint) as step_number

    from entries_{{ step - 1 }}

    where step_{{ step - 1 }}_at is not null

    union all

    select
        track_key,
        cast(null as bigint) as session_key,
        {{- steps_before | replace('step_', 'cast(null as timestamp) as step_') }}
        happened_at,
        step_number

    from moments

    where step_number = {{ step }}

),

-- the next row is the step, or another entry that came as far: that one takes all steps from there on
followed_{{ step }} as (

    select
        candidates_{{ step }}.*,
        lead(case when step_number = {{ step }} then happened_at end) over (
            partition by track_key order by happened_at, step_number
        ) as next_step_at

    from candidates_{{ step }}

),

entries_{{ step }} as (

    select
        track_key,
        session_key,
        {{- steps_before }}
        happened_at as step_{{ step - 1 }}_at,
        case
            when
                next_step_at
                <= {{ 'step_1_at' if step > 2 else 'happened_at' }} + {{ by_funnel('track_key', 'window') }}
                then next_step_at
        end as step_{{ step }}_at

    from followed_{{ step }}

    where step_number = {{ step - 1 }}

),

{% endfor -%}

final as (

    {% for step in range(2, most_steps + 1) -%}
    select
        track_key,
        session_key,
        {% for reached in range(1, most_steps + 1) -%}
        {{ 'cast(null as timestamp) as ' if reached > step }}step_{{ reached }}_at,
        {% endfor -%}
        case when step_{{ step }}_at is null then {{ step - 1 }} else {{ step }} end as reached_step

    from entries_{{ step }}
    {%- if not loop.last %}

    where step_{{ step }}_at is null

    union all

    {% endif -%}
    {% endfor %}

)

select * from final
