with events as (

    select * from {{ ref('int_events_identified') }}

),

final as (

    select
        identity_rule,
        cast(count(*) as bigint) as events,
        cast(count(distinct person_key) as bigint) as persons

    from events

    group by identity_rule

)

select * from final
