with logins as (

    select * from {{ ref('int_logins') }}

),

final as (

    select
        actor_id,
        visitor_id,
        count(distinct customer_id) as customers,
        count(distinct customer_id) > {{ var('shared_device_customers') }} as is_shared,
        count(logged_in_at) as logins,
        min(logged_in_at) as first_logged_in_at,
        max(logged_in_at) as last_logged_in_at,
        min({{ byte_order("(case when logged_in_at is null then customer_id end)") }}) as linked_customer_id

    from logins

    group by actor_id, visitor_id

)

select * from final
