with parameters as (

    select * from {{ ref('int_bg_nbd_parameters_used') }}

),

customers as (

    select distinct
        snapshot_date,
        repeat_days,
        observed_days

    from {{ ref('int_order_features') }}

),

outlooks as (

    select
        customers.*,
        horizons.period_number,
        horizons.horizon_weeks,
        horizons.discount_factor,
        parameters.a,
        parameters.b + customers.repeat_days as b,
        parameters.is_identified,
        parameters.r + customers.repeat_days as shape,
        parameters.alpha + customers.observed_days / 7e0 as exposure,
        parameters.a / (parameters.a + parameters.b + customers.repeat_days) as drop_out_mean

    from customers
    inner join parameters on customers.snapshot_date = parameters.snapshot_date
    inner join {{ ref('int_bg_nbd_horizons') }} as horizons on customers.snapshot_date = horizons.snapshot_date

),

final as (

    select
        snapshot_date,
        repeat_days,
        observed_days,
        period_number,
        horizon_weeks,
        discount_factor,
        a,
        b,
        shape,
        exposure,
        drop_out_mean,
        -- at the border the data tell the mean at most
        case when is_identified then sqrt(drop_out_mean * (1 - drop_out_mean) / (a + b + 1)) else 0e0 end as drop_out_deviation

    from outlooks

)

select * from final
