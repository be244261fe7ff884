with as_of as (

    select * from {{ ref('int_as_of') }}

),

entries as (

    select * from {{ ref('int_funnel_entries_attributed') }}

),

final as (

    select
        entries.funnel,
        entries.person_id,
        entries.session_id,
        entries.entered_at,
        entries.entered_date,
        entries.entered_hour,
        {% for step in range(1, 11) -%}
        entries.step_{{ step }}_at,
        {% endfor -%}
        entries.steps,
        entries.reached_step,
        entries.is_converted,
        entries.matures_at <= as_of.as_of_end_at as is_mature,
        entries.channel,
        entries.device,
        entries.source,
        entries.medium,
        entries.is_new_customer

    from entries
    cross join as_of

)

select * from final
