with logins as (

    select * from {{ ref('int_visitor_identities') }}
    where identity_rule = 'login' and is_shared

),

final as (

    select
        persons.visitor_id,
        cast(count(distinct logins.customer_key) as bigint) as customers,
        cast(count(logins.occurred_at) as bigint) as logins,
        min(logins.occurred_at) as first_logged_in_at,
        max(logins.occurred_at) as last_logged_in_at

    from logins
    inner join {{ ref('int_persons') }} as persons on logins.visitor_key = persons.person_key

    group by persons.visitor_id

)

select * from final
