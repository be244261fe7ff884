with final as (

    select
        left_out_reason as reason,
        count(*) as events,
        count(distinct visitor_id) as visitors,
        min(occurred_at) as first_occurred_at,
        max(occurred_at) as last_occurred_at

    from {{ ref('int_events_countable') }}

    where left_out_reason <> 'after_as_of'

    group by left_out_reason

)

select * from final
