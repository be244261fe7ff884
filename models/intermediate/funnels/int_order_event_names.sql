with final as (

    select distinct event_name
    from {{ ref('int_session_events') }}
    where event_name in ('place_order', 'pay')

)

select * from final
