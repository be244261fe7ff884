with final as (

    select
        actor_id,
        visitor_id,
        occurred_at as logged_in_at,
        customer_id

    from {{ ref('int_events_countable') }}

    where left_out_reason is null and visitor_id is not null and customer_id is not null

    union

    -- a link from a device to a customer is a login
    select
        actor_id,
        visitor_id,
        linked_at as logged_in_at,
        customer_id

    from {{ ref('int_visitor_links') }}

)

select * from final
