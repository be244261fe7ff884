with rules as (

    select * from {{ ref('finding_rules') }}
    where comparison = 'below_last_year_days'

),

-- the as-of date, and the month ends since which an ended finding may still be shown
period_ends as (

    select as_of_date as period_end from {{ ref('int_as_of') }}
    {% for months in range(3) %}
    union all

    select cast(date_trunc('month', as_of_date) - interval '{{ months }}' month - interval '1' day as date) from {{ ref('int_as_of') }}
    {% endfor %}
),

windows as (

    {% for months in [0, 12] -%}
    select
        period_ends.period_end,
        {{ months > 0 }} as is_last_year,
        cast(period_ends.period_end - interval '{{ months }}' month as date) as last_day,
        cast({{ dbt.dateadd('day', '1 - lengths.days', "period_ends.period_end - interval '" ~ months ~ "' month") }} as date) as first_day

    from period_ends
    cross join (select max(baseline_periods) as days from rules) as lengths
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

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

buyers as (

    select
        windows.period_end,
        windows.is_last_year,
        {{ dimension_columns(['channel']) }},
        min(windows.first_day) as first_day,
        sum(orders.net_amount) as net_amount,
        count(*) as orders,
        sum(orders.new_customers) as new_customers,
        max(case when orders.customer_id is not null then 1 else 0 end) as customers

    from windows
    inner join orders on windows.first_day <= orders.order_date and windows.last_day >= orders.order_date

    group by {{ dimension_groups('period_end, is_last_year, customer_id, guest_order_id', ['channel']) }} -- noqa: PRS

),

-- each customer is one independent contribution, so the variance of a sum is the sum of their squares (compound Poisson)
volumes as (

    {% for metric in ['net_amount', 'orders', 'new_customers', 'customers'] -%}
    select
        '{{ metric }}' as metric,
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

    group by period_end, dimension, dimension_value
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

declines as (

    select
        rules.rule,
        rules.rest_threshold,
        volumes.*,
        cast({{ dbt.dateadd('day', '1 - rules.baseline_periods', 'volumes.period_end') }} as date) as period_start

    from volumes
    inner join rules on volumes.metric = rules.metric and volumes.dimension = rules.dimension
    cross join (select min(order_date) as first_day from orders) as history

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
