with as_of as (

    select * from {{ ref('int_as_of') }}

),

aliases as (

    select * from {{ ref('stg_shop__customer_aliases') }}

),

final as (

    select
        stg_support_tickets.ticket_id,
        stg_support_tickets.ticket_type,
        coalesce(aliases.customer_id, stg_support_tickets.customer_id) as customer_id,
        stg_support_tickets.opened_at,
        stg_support_tickets.opened_date

    from {{ ref('stg_shop__support_tickets') }} as stg_support_tickets
    cross join as_of
    left join aliases
        on {{ link_applies('stg_support_tickets.customer_id', 'stg_support_tickets.opened_at') }}

    where {{ is_up_to_as_of('stg_support_tickets.opened_at') }}

)

select * from final
