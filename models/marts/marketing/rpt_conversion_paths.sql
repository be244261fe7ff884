with touches as (

    select
        touches.*,
        case when source = lag(source) over path then 0 else 1 end as is_new_step

    from {{ ref('int_path_touches') }} as touches

    where order_id is not null

    window path as (partition by person_key, path_number order by touch_number)

),

numbered as (

    select
        touches.*,
        sum(is_new_step) over (
            partition by person_key, path_number order by touch_number rows between unbounded preceding and current row
        ) as step_number

    from touches

),

order_paths as (

    select
        order_id,
        max(touches) as touches,
        min(started_at) as first_touched_at,
        concat_ws(
            ' > ',
            {% for number in range(1, 6) -%}
            max(case when step_number = {{ number }} then source end),
            {% endfor -%}
            case when max(step_number) > 5 then '...' end
        ) as path

    from numbered

    group by order_id

),

paths as (

    select
        order_paths.path,
        count(*) as orders,
        count(case when orders.is_first_order then 1 end) as first_orders,
        sum(orders.net_amount) as net_amount,
        sum(order_paths.touches) as touches,
        sum({{ microseconds_between('order_paths.first_touched_at', 'orders.ordered_at') }}) as microseconds

    from order_paths
    inner join {{ ref('int_orders') }} as orders on order_paths.order_id = orders.order_id

    group by order_paths.path

),

final as (

    select
        path,
        cast(row_number() over (order by orders desc, net_amount desc, {{ binary_collation('path') }}) as integer) as rank,
        cast(orders as bigint) as orders,
        cast(first_orders as bigint) as first_orders,
        {{ safe_divide('orders', 'sum(orders) over ()') }} as order_share,
        cast(net_amount as numeric(18, 2)) as net_amount,
        {{ average_amount('net_amount', 'orders') }} as average_order_amount,
        cast(touches as bigint) as touches,
        {{ divide_half_up('touches', 'orders', 2) }} as touches_per_order,
        cast(microseconds / 86400e6 / orders as numeric(18, 2)) as days_from_first_touch

    from paths

)

select * from final
