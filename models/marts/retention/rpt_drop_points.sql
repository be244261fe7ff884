{%- set windows = [30, 60, 90, 180] -%}

with order_days as (

    select
        order_days.customer_id,
        order_days.day_number as from_order_number,
        order_days.order_date,
        lead(order_days.gap_days) over (
            partition by order_days.customer_id order by order_days.day_number
        ) as days_to_next_order

    from {{ ref('int_snapshot_purchases') }} as order_days

    where order_days.is_as_of and order_days.is_first_of_day

),

-- after the tenth order few customers are lost, and few shops have many of them
observed as (

    select
        order_days.from_order_number,
        order_days.days_to_next_order,
        {{ dbt.datediff('order_days.order_date', 'as_of.as_of_date', 'day') }} as days_observed

    from order_days
    cross join {{ ref('int_as_of') }} as as_of

    where order_days.from_order_number <= 10

),

reorders as (

    select
        from_order_number,
        {% for days in windows -%}
        sum(case when days_observed >= {{ days }} then 1 else 0 end) as observed_{{ days }}d,
        sum(
            case when days_observed >= {{ days }} and days_to_next_order <= {{ days }} then 1 else 0 end
        ) as reordered_{{ days }}d,
        {% endfor -%}
        {% for days in windows[1:] -%}
        sum(case when days_observed >= {{ days }} and coalesce(days_to_next_order > {{ windows[0] }}, true) then 1 else 0 end) as silent_{{ days }}d,
        sum(
            case when days_observed >= {{ days }} and days_to_next_order between {{ windows[0] + 1 }} and {{ days }} then 1 else 0 end
        ) as silent_reordered_{{ days }}d,
        {% endfor -%}
        count(*) as customers

    from observed

    group by from_order_number

),

daily as (

    select
        from_order_number,
        days_to_next_order,
        count(*) as reorders

    from observed

    where days_observed >= {{ windows | last }} and days_to_next_order <= {{ windows | last }}

    group by from_order_number, days_to_next_order

),

ranked_days as (

    select
        daily.*,
        row_number() over (partition by from_order_number order by reorders desc, days_to_next_order asc) as day_rank

    from daily

),

final as (

    select
        cast(reorders.from_order_number as integer) as from_order_number,
        cast(reorders.customers as bigint) as customers,
        {% for days in windows -%}
        cast(reorders.observed_{{ days }}d as bigint) as observed_{{ days }}d,
        cast(reorders.reordered_{{ days }}d as bigint) as reordered_{{ days }}d,
        {{ safe_divide('reorders.reordered_' ~ days ~ 'd', 'reorders.observed_' ~ days ~ 'd') }} as reorder_rate_{{ days }}d,
        {% endfor -%}
        {% for days in windows[1:] -%}
        cast(reorders.silent_{{ days }}d as bigint) as silent_{{ days }}d,
        cast(reorders.silent_reordered_{{ days }}d as bigint) as silent_reordered_{{ days }}d,
        {{ safe_divide('reorders.silent_reordered_' ~ days ~ 'd', 'reorders.silent_' ~ days ~ 'd') }} as silent_reorder_rate_{{ days }}d,
        {% endfor -%}
        cast(ranked_days.days_to_next_order as integer) as steepest_day,
        cast(ranked_days.reorders as bigint) as steepest_day_reorders

    from reorders
    left join ranked_days
        on reorders.from_order_number = ranked_days.from_order_number and ranked_days.day_rank = 1

)

select * from final
