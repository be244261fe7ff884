with sessions as (

    select
        source,
        cast(date_trunc('week', session_date) as date) as week,
        has_placed_order

    from {{ ref('fct_sessions') }}

),

sources as (

    select
        source,
        week,
        count(*) as sessions,
        sum(case when has_placed_order then 1 else 0 end) as ordering_sessions

    from sessions

    group by source, week

),

final as (

    select
        sources.source,
        sources.week,
        weeks.week_number,
        sources.sessions,
        sources.ordering_sessions,
        sum(sources.sessions) over (partition by sources.week) as shop_sessions,
        sum(sources.ordering_sessions) over (partition by sources.week) as shop_ordering_sessions

    from sources
    inner join {{ ref('int_weeks') }} as weeks on sources.week = weeks.week

)

select * from final
