with entries as (

    select * from {{ ref('int_funnel_entries') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

sessions as (

    select * from {{ ref('int_sessions') }}

),

final as (

    select
        {{ by_funnel('entries.funnel_number', 'name') }} as funnel,
        persons.person_id,
        case when entries.is_within_session then sessions.session_id end as session_id,
        entries.step_1_at as entered_at,
        entries.entered_date,
        cast(entries.entered_hour as integer) as entered_hour,
        {% for step in range(1, 11) -%}
        {{ 'entries.' if step <= (funnels() | map(attribute='steps') | map('length') | max) else 'cast(null as timestamp) as ' }}step_{{ step }}_at,
        {% endfor -%}
        cast({{ by_funnel('entries.funnel_number', 'steps') }} as integer) as steps,
        cast(entries.reached_step as integer) as reached_step,
        entries.is_converted,
        entries.matures_at,
        entries.is_mature,
        {% for attribute in ['channel', 'device', 'source', 'medium'] -%}
        coalesce(sessions.{{ attribute }}, 'unknown') as {{ attribute }},
        {% endfor -%}
        entries.is_new_customer

    from entries
    inner join persons on entries.person_key = persons.person_key
    left join sessions on entries.session_key = sessions.session_key

)

select * from final
