{%- set most_steps = (funnels() | map(attribute='steps') | map('length') | max) -%}

with step_events as (

    select * from {{ ref('int_funnel_step_events') }}

),

-- in mode latest_entry every first step is an entry
entries_1 as (

    select
        track_key,
        session_key,
        happened_at as step_1_at

    from step_events

    where step_number = 1 and {{ by_funnel('track_key', 'mode') }} = 'latest_entry'

    union all

    select
        step_events.track_key,
        step_events.session_key,
        step_events.happened_at as step_1_at

    from step_events
    inner join {{ ref('int_funnel_first_entries') }} as first_entries
        on
            step_events.track_key = first_entries.track_key
            and step_events.happened_at = first_entries.entered_at

    where step_events.step_number = 1

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

    from step_events

    where step_number = {{ step }}

),

-- the next row is the step, or another entry that got as far and takes all later steps
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

reached as (

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

),

as_of as (

    select * from {{ ref('int_as_of') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

sessions as (

    select * from {{ ref('int_sessions') }}

),

buyers as (

    select
        persons.person_key,
        min(orders.ordered_at) as first_ordered_at

    from {{ ref('int_orders') }} as orders
    inner join persons on orders.customer_id = persons.person_id

    where orders.is_valid

    group by persons.person_key

),

described as (

    select
        reached.*,
        reached.track_key % 100 as funnel_number,
        {{ by_funnel('reached.track_key', 'is_within_session') }} as is_within_session,
        case
            when {{ by_funnel('reached.track_key', 'is_within_session') }} then sessions.person_key
            else cast(floor(reached.track_key / 100.0) as bigint)
        end as person_key,
        {% for attribute in ['channel', 'device', 'source', 'medium'] -%}
        coalesce(sessions.{{ attribute }}_key, 0) as {{ attribute }}_key,
        {% endfor -%}
        {{ to_shop_time('reached.step_1_at') }} as entered_at_local,
        -- an entry is mature once no further step can be added
        least(
            reached.step_1_at + {{ by_funnel('reached.track_key', 'window') }},
            case
                when {{ by_funnel('reached.track_key', 'is_within_session') }}
                    then sessions.ended_at + interval '{{ var("session_timeout_minutes") }} minutes'
            end
        ) as matures_at

    from reached
    left join sessions on reached.session_key = sessions.session_key

),

final as (

    select
        cast(described.funnel_number as smallint) as funnel_number,
        described.person_key,
        described.session_key,
        described.is_within_session,
        cast(described.entered_at_local as date) as entered_date,
        cast(extract(hour from described.entered_at_local) as smallint) as entered_hour,
        {% for step in range(1, most_steps + 1) -%}
        described.step_{{ step }}_at,
        {% endfor -%}
        cast(described.reached_step as smallint) as reached_step,
        described.reached_step = {{ by_funnel('described.track_key', 'steps') }} as is_converted,
        described.matures_at,
        described.matures_at <= as_of.as_of_end_at as is_mature,
        described.channel_key,
        described.device_key,
        described.source_key,
        described.medium_key,
        coalesce(buyers.first_ordered_at >= described.step_1_at, true) as is_new_customer

    from described
    cross join as_of
    left join buyers on described.person_key = buyers.person_key

)

select * from final
