with hours as (

    select * from {{ ref('int_shop_hours') }}

),

sessions as (

    select
        hours.weekday_number,
        hours.shop_hour,
        hours.is_promotion,
        count(*) as sessions,
        count(distinct sessions.person_id) as people,
        sum(case when sessions.has_placed_order then 1 else 0 end) as ordering_sessions,
        sum(sessions.orders) as orders,
        sum(sessions.net_amount) as net_amount

    from {{ ref('fct_sessions') }} as sessions
    inner join hours on sessions.session_date = hours.shop_date and sessions.session_hour = hours.shop_hour

    group by hours.weekday_number, hours.shop_hour, hours.is_promotion

),

cells as (

    select
        weekday_number,
        weekday,
        shop_hour,
        is_promotion,
        count(*) as observed_hours

    from hours

    group by weekday_number, weekday, shop_hour, is_promotion

),

joined as (

    select
        cells.*,
        coalesce(sessions.sessions, 0) as sessions,
        coalesce(sessions.people, 0) as people,
        coalesce(sessions.ordering_sessions, 0) as ordering_sessions,
        coalesce(sessions.orders, 0) as orders,
        coalesce(sessions.net_amount, 0) as net_amount,
        -- promotion days are compared with each other, and so are the others
        sum(sessions.sessions) over (partition by cells.is_promotion) as all_sessions,
        sum(cells.observed_hours) over (partition by cells.is_promotion) as all_observed_hours

    from cells
    left join sessions
        on
            cells.weekday_number = sessions.weekday_number
            and cells.shop_hour = sessions.shop_hour
            and cells.is_promotion = sessions.is_promotion

),

final as (

    select
        weekday_number,
        weekday,
        shop_hour as hour,
        is_promotion,
        cast(observed_hours as bigint) as observed_hours,
        cast(sessions as bigint) as sessions,
        cast(people as bigint) as people,
        cast(ordering_sessions as bigint) as ordering_sessions,
        cast(orders as bigint) as orders,
        cast(net_amount as numeric(18, 2)) as net_amount,
        {{ share('ordering_sessions', 'sessions') }} as conversion_rate,
        {{ exact_ratio('sessions', 'observed_hours', 4) }} as sessions_per_hour,
        {{ exact_ratio('sessions * all_observed_hours', 'observed_hours * all_sessions', 4) }} as visit_index

    from joined

)

select * from final
