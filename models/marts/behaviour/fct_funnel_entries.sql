with as_of as (

    select * from {{ ref('int_as_of') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

sessions as (

    select * from {{ ref('int_sessions') }}

),

entries as (

    select
        funnel_entries.*,
        {{ by_funnel('funnel_entries.track_key', 'name') }} as funnel,
        {{ by_funnel('funnel_entries.track_key', 'steps') }} as steps,
        case when {{ by_funnel('funnel_entries.track_key', 'is_within_session') }} then sessions.session_id end as session_id,
        sessions.channel,
        sessions.device,
        sessions.source,
        sessions.medium,
        case
            when {{ by_funnel('funnel_entries.track_key', 'is_within_session') }} then sessions.person_key
            else cast(floor(funnel_entries.track_key / 100.0) as bigint)
        end as person_key,
        {{ to_shop_time('funnel_entries.step_1_at') }} as entered_at_local,
        -- an entry is judged once nothing can be added to it any more
        least(
            funnel_entries.step_1_at + {{ by_funnel('funnel_entries.track_key', 'window') }},
            case
                when {{ by_funnel('funnel_entries.track_key', 'is_within_session') }}
                    then sessions.ended_at + interval '{{ var("session_timeout_minutes") }} minutes'
            end
        ) as matures_at

    from {{ ref('int_funnel_entries') }} as funnel_entries
    left join sessions on funnel_entries.session_key = sessions.session_key

),

final as (

    select
        entries.funnel,
        persons.person_id,
        entries.session_id,
        entries.step_1_at as entered_at,
        cast(entries.entered_at_local as date) as entered_date,
        cast(extract(hour from entries.entered_at_local) as integer) as entered_hour,
        {% for step in range(1, 11) -%}
        {{ 'entries.' if step <= most_funnel_steps() else 'cast(null as timestamp) as ' }}step_{{ step }}_at,
        {% endfor -%}
        cast(entries.steps as integer) as steps,
        cast(entries.reached_step as integer) as reached_step,
        entries.reached_step = entries.steps as is_converted,
        entries.matures_at,
        entries.matures_at <= as_of.as_of_end_at as is_mature,
        {% for attribute in ['channel', 'device', 'source', 'medium'] -%}
        coalesce(entries.{{ attribute }}, 'unknown') as {{ attribute }},
        {% endfor -%}
        coalesce(persons.first_ordered_at >= entries.step_1_at, true) as is_new_customer

    from entries
    cross join as_of
    inner join persons on entries.person_key = persons.person_key

)

select * from final
