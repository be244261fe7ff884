with recursive as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

first_session as (

    select min(session_date) as first_date from {{ ref('fct_sessions') }}

),

days as (

    select first_date as shop_date
    from first_session
    where first_date is not null

    union all

    select cast(days.shop_date + interval '1' day as date) as shop_date
    from days
    cross join as_of
    where days.shop_date < as_of.as_of_date

),

hours_of_day as (

    select 0 as shop_hour

    union all

    select shop_hour + 1 as shop_hour
    from hours_of_day
    where shop_hour < 23

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
        days.shop_date,
        hours_of_day.shop_hour,
        cast(days.shop_date as timestamp) + hours_of_day.shop_hour * interval '1' hour as starts_at

    from days
    cross join hours_of_day

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
