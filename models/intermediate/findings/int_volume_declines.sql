with rules as (

    select * from {{ ref('finding_rules') }}
    where comparison = 'below_last_year_days'

),

-- the last 91 days, and those up to the month ends since which an ended finding is still shown
days as (

    select
        period_days.period_start,
        period_days.period_end,
        period_days.comparison = 'year_ago' as is_last_year,
        period_days.first_day,
        period_days.day

    from {{ ref('int_period_days') }} as period_days
    cross join {{ ref('int_as_of') }} as as_of
    cross join {{ ref('report_thresholds') }} as thresholds

    where
        period_days.period_kind = 'rolling_91d'
        and period_days.comparison in ('current', 'year_ago')
        and period_days.is_covered_by_orders
        and {{ dbt.dateadd('day', 'thresholds.recovered_days', 'period_days.period_end') }} >= as_of.as_of_date

),

orders as (

    select
        orders.order_date,
        orders.customer_id,
        case when orders.customer_id is null then orders.order_id end as guest_order_id,
        orders.net_amount,
        case when orders.is_first_order then 1 else 0 end as new_customers,
        case when channel_pool.dimension is null then orders.channel else 'other' end as channel

    from {{ ref('int_orders') }} as orders
    left join {{ ref('int_pooled_values') }} as channel_pool
        on channel_pool.dimension = 'channel' and orders.channel = channel_pool.dimension_value

    where orders.is_valid

),

history as (

    select min(order_date) as first_day from orders

),

buyers as (

    select
        days.period_start,
        days.period_end,
        days.is_last_year,
        {{ dimension_columns(['channel']) }},
        min(days.first_day) as first_day,
        sum(orders.net_amount) as net_amount,
        count(*) as orders,
        sum(orders.new_customers) as new_customers,
        max(case when orders.customer_id is not null then 1 else 0 end) as customers

    from days
    inner join orders on days.day = orders.order_date

    group by {{ dimension_groups('period_start, period_end, is_last_year, customer_id, guest_order_id', ['channel']) }} -- noqa: PRS

),

-- each customer is one independent contribution, so the variance of a sum is the sum of their squares (compound Poisson)
volumes as (

    {% for metric in ['net_amount', 'orders', 'new_customers', 'customers'] -%}
    select
        '{{ metric }}' as metric,
        period_start,
        period_end,
        dimension,
        dimension_value,
        min(first_day) as last_year_start,
        sum(case when is_last_year then 0 else {{ metric }} end) as volume,
        sum(case when is_last_year then {{ metric }} else 0 end) as last_year_volume,
        sum(case when is_last_year and {{ metric }} <> 0 then net_amount else 0 end) as last_year_amount,
        sum(case when is_last_year and {{ metric }} <> 0 then 1 else 0 end) as last_year_buyers,
        sum(cast({{ metric }} as {{ type_double() }}) * {{ metric }}) as variance

    from buyers

    group by period_start, period_end, dimension, dimension_value
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

declines as (

    select
        rules.rule,
        rules.rest_threshold,
        volumes.*

    from volumes
    inner join rules on volumes.metric = rules.metric and volumes.dimension = rules.dimension
    cross join history

    where
        volumes.last_year_buyers >= rules.minimum_people
        and volumes.volume <= (1 - rules.threshold) * volumes.last_year_volume
        and (volumes.volume - volumes.last_year_volume) / nullif(sqrt(volumes.variance), 0) <= -rules.minimum_z
        -- where the data begin, old customers look new
        and {{ dbt.dateadd('day', 'rules.minimum_baseline', 'history.first_day') }} <= volumes.last_year_start

),

-- a decline of the whole shop is repeated for a channel only if the rest of the shop has hardly declined
located as (

    select
        declines.*,
        row_number() over (
            partition by declines.rule, declines.dimension, declines.dimension_value order by declines.period_end desc
        ) as newest_first

    from declines
    left join declines as shop
        on declines.rule = shop.rule and declines.period_end = shop.period_end and shop.dimension = 'all'

    where
        declines.dimension = 'all'
        or shop.rule is null
        or shop.volume - declines.volume > (1 - declines.rest_threshold) * (shop.last_year_volume - declines.last_year_volume)

),

final as (

    select
        located.rule,
        located.dimension,
        located.dimension_value,
        'window' as period,
        located.period_start,
        located.period_end,
        located.period_end = as_of.as_of_date as is_ongoing,
        located.volume as people,
        located.last_year_volume as people_before,
        cast(1 as numeric(18, 6)) as expected,
        {{ average_amount('located.last_year_amount', 'located.last_year_volume') }} as amount_each

    from located
    cross join {{ ref('int_as_of') }} as as_of
    where located.newest_first = 1

)

select * from final
