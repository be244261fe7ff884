with events as (

    select
        countable.left_out_reason,
        countable.event_key,
        countable.occurred_at,
        countable.visitor_id

    from {{ ref('int_events_countable') }} as countable

    where countable.left_out_reason is not null

),

final as (

    select
        left_out_reason as reason,
        count(*) as events,
        count(distinct visitor_id) as visitors,
        min(occurred_at) as first_occurred_at,
        max(occurred_at) as last_occurred_at

    from events

    group by left_out_reason

)

select * from final
