with directions as (

    select -1 as direction

    union all

    select 1 as direction

),

-- where there is no series: two chances of drop-out, a standard deviation below and above the mean, stand for all.
-- With a chance d it is (1 - ((alpha + T) / (alpha + T + d h))^(r + x)) / d, without drop-out (r + x) h / (alpha + T)
two_chances as (

    select
        outlooks.*,
        outlooks.drop_out_mean + directions.direction * outlooks.drop_out_deviation as drop_out

    from {{ ref('int_bg_nbd_outlooks') }} as outlooks
    cross join directions

),

means as (

    select
        snapshot_date,
        repeat_days,
        observed_days,
        period_number,
        discount_factor,
        avg(
            case
                -- a chance that small is none, and the other formula would lose its digits
                when drop_out < 1e-6 then shape * horizon_weeks / exposure
                else (1 - {{ power_of('exposure / (exposure + drop_out * horizon_weeks)', 'shape') }}) / drop_out
            end
        ) as orders

    from two_chances

    group by snapshot_date, repeat_days, observed_days, period_number, discount_factor

),

expected as (

    select
        means.snapshot_date,
        means.repeat_days,
        means.observed_days,
        means.period_number,
        means.discount_factor,
        coalesce(by_series.orders, means.orders) as orders

    from means
    left join {{ ref('int_bg_nbd_orders_by_series') }} as by_series
        on
            means.snapshot_date = by_series.snapshot_date
            and means.repeat_days = by_series.repeat_days
            and means.observed_days = by_series.observed_days
            and means.period_number = by_series.period_number

),

cumulative as (

    select
        snapshot_date,
        repeat_days,
        observed_days,
        discount_factor,
        orders,
        lag(orders, 1, 0e0) over (
            partition by snapshot_date, repeat_days, observed_days order by period_number
        ) as orders_before

    from expected

),

final as (

    select
        snapshot_date,
        repeat_days,
        observed_days,
        max(orders) as orders_if_alive,
        sum((orders - orders_before) * discount_factor) as discounted_orders_if_alive

    from cumulative

    group by snapshot_date, repeat_days, observed_days

)

select * from final
