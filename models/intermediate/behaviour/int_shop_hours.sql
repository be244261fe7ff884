with as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

first_session as (

    select min(session_date) as first_date from {{ ref('fct_sessions') }}

),

moments as (

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
        -- a promotion without an end lasts for its first day
        coalesce(
            {{ to_shop_time('campaigns.ends_at') }},
            cast({{ shop_date('campaigns.starts_at') }} as timestamp) + interval '1' day
        ) as ends_at

    from {{ ref('stg_shop__campaigns') }} as campaigns
    inner join {{ ref('campaign_types') }} as campaign_types on campaigns.campaign_type = campaign_types.campaign_type

    where campaign_types.is_promotion and campaigns.starts_at is not null

),

hours as (

    select
        cast(starts_at as date) as shop_date,
        cast(extract(hour from starts_at) as integer) as shop_hour,
        starts_at

    from moments

),

promotion_hours as (

    select distinct hours.starts_at
    from hours
    inner join promotions
        on hours.starts_at + interval '1' hour > promotions.starts_at and hours.starts_at < promotions.ends_at

),

final as (

    select
        hours.shop_date,
        hours.shop_hour,
        cast({{ weekday_number('hours.shop_date') }} as integer) as weekday_number,
        {{ weekday_name('hours.shop_date') }} as weekday,
        promotion_hours.starts_at is not null as is_promotion

    from hours
    left join promotion_hours on hours.starts_at = promotion_hours.starts_at

)

select * from final
