with events as (

    select
        case identity_strength
            when 5 then 'customer_id' when 4 then 'next_login' when 3 then 'previous_login' when 2 then 'visitor_link'
            else 'visitor'
        end as identity_rule,
        person_key

    from {{ ref('int_session_events') }}

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
