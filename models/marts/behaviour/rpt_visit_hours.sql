with sessions as (

    select * from {{ ref('fct_sessions') }}

),

as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

first_session as (

    select min(session_date) as first_date from sessions

),

hours as (

    select
        {{ time_series(
            'cast(first_session.first_date as timestamp)', "cast(as_of.as_of_date as timestamp) + interval '23' hour", 'hour'
        ) }} as starts_at

    from first_session
    cross join as_of

    where first_session.first_date is not null

),

promotions as (

    select
        {{ to_shop_time('campaigns.starts_at') }} as starts_at,
        -- a promotion without an end counts for its first day only
        coalesce(
            {{ to_shop_time('campaigns.ends_at') }},
            cast({{ shop_date('campaigns.starts_at') }} as timestamp) + interval '1' day
        ) as ends_at

    from {{ ref('stg_shop__campaigns') }} as campaigns
    inner join {{ ref('campaign_types') }} as campaign_types on campaigns.campaign_type = campaign_types.campaign_type

    where campaign_types.is_promotion and campaigns.starts_at is not null

),

promotion_hours as (

    select distinct hours.starts_at
    from hours
    inner join promotions
        on hours.starts_at + interval '1' hour > promotions.starts_at and hours.starts_at < promotions.ends_at

),

shop_hours as (

    select
        cast(hours.starts_at as date) as shop_date,
        cast(extract(hour from hours.starts_at) as integer) as shop_hour,
        cast({{ weekday_number('hours.starts_at') }} as integer) as weekday_number,
        {{ weekday_name('hours.starts_at') }} as weekday,
        promotion_hours.starts_at is not null as is_promotion

    from hours
    left join promotion_hours on hours.starts_at = promotion_hours.starts_at

),

visited as (

    select
        shop_hours.weekday_number,
        shop_hours.shop_hour,
        shop_hours.is_promotion,
        count(*) as sessions,
        count(distinct sessions.person_id) as people,
        sum(case when sessions.has_placed_order then 1 else 0 end) as ordering_sessions,
        sum(sessions.orders) as orders,
        sum(sessions.net_amount) as net_amount

    from sessions
    inner join shop_hours
        on sessions.session_date = shop_hours.shop_date and sessions.session_hour = shop_hours.shop_hour

    group by shop_hours.weekday_number, shop_hours.shop_hour, shop_hours.is_promotion

),

cells as (

    select
        weekday_number,
        weekday,
        shop_hour,
        is_promotion,
        count(*) as observed_hours

    from shop_hours

    group by weekday_number, weekday, shop_hour, is_promotion

),

joined as (

    select
        cells.*,
        coalesce(visited.sessions, 0) as sessions,
        coalesce(visited.people, 0) as people,
        coalesce(visited.ordering_sessions, 0) as ordering_sessions,
        coalesce(visited.orders, 0) as orders,
        coalesce(visited.net_amount, 0) as net_amount,
        -- promotion days are compared only with promotion days, other days with other days
        sum(visited.sessions) over (partition by cells.is_promotion) as all_sessions,
        sum(cells.observed_hours) over (partition by cells.is_promotion) as all_observed_hours

    from cells
    left join visited
        on
            cells.weekday_number = visited.weekday_number
            and cells.shop_hour = visited.shop_hour
            and cells.is_promotion = visited.is_promotion

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
        {{ safe_divide('ordering_sessions', 'sessions') }} as conversion_rate,
        {{ divide_half_up('sessions', 'observed_hours', 4) }} as sessions_per_hour,
        {{ divide_half_up('sessions * all_observed_hours', 'observed_hours * all_sessions', 4) }} as visit_index

    from joined

)

select * from final
