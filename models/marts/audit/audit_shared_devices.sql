with visitors as (

    select * from {{ ref('int_visitors_known') }}

    where is_shared

),

final as (

    select
        visitor_id,
        cast(customers as bigint) as customers,
        cast(logins as bigint) as logins,
        first_logged_in_at,
        last_logged_in_at

    from visitors

)

select * from final
