with sources as (

    select
        month,
        source,
        sum(sessions) as sessions,
        sum(paying_sessions) as paying_sessions,
        max(spend) as spend

    from {{ ref('rpt_traffic_sources') }}

    group by month, source

),

medians as (

    select
        month,
        {{ median('sessions') }} as median_sessions

    from sources

    group by month

),

-- a small source is noise
final as (

    select
        sources.month,
        sources.source,
        sources.sessions,
        sources.paying_sessions

    from sources
    inner join medians on sources.month = medians.month

    where sources.spend > 0 and sources.sessions > medians.median_sessions

)

select * from final
