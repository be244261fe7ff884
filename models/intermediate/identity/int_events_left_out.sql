with final as (

    select
        event_key,
        actor_id,
        occurred_at,
        visitor_id,
        left_out_reason

    from {{ ref('int_events_countable') }}

    where left_out_reason is not null

)

select * from final
