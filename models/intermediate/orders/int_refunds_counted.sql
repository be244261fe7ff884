with as_of as (

    select * from {{ ref('int_as_of') }}

),

orders as (

    select stg_orders.*
    from {{ ref('stg_shop__orders') }} as stg_orders
    cross join as_of
    where stg_orders.is_confirmed and {{ is_up_to_as_of('stg_orders.ordered_at') }}

),

refunds as (

    select
        stg_refunds.refund_id,
        stg_refunds.order_id,
        stg_refunds.refunded_at,
        stg_refunds.refund_date,
        stg_refunds.refund_amount,
        orders.goods_amount,
        sum(stg_refunds.refund_amount) over (
            partition by stg_refunds.order_id
            order by stg_refunds.refunded_at, {{ binary_collation('stg_refunds.refund_id') }}
            rows between unbounded preceding and current row
        ) as refunded_so_far

    from {{ ref('stg_shop__refunds') }} as stg_refunds
    cross join as_of
    inner join orders on stg_refunds.order_id = orders.order_id

    where {{ is_up_to_as_of('stg_refunds.refunded_at') }}

),

refunded_orders as (

    select distinct order_id
    from refunds

),

-- refunds are capped at the goods amount, even if more was paid out
final as (

    select
        refund_id,
        order_id,
        refunded_at,
        refund_date,
        cast(
            greatest(least(refund_amount, goods_amount - (refunded_so_far - refund_amount)), 0) as numeric(18, 2)
        ) as refunded_amount,
        true as has_own_day

    from refunds

    union all

    -- refunded by status only: the full goods amount, on the order date
    select
        'status:' || orders.order_id as refund_id,
        orders.order_id,
        orders.ordered_at as refunded_at,
        orders.order_date as refund_date,
        orders.goods_amount as refunded_amount,
        false as has_own_day

    from orders
    left join refunded_orders on orders.order_id = refunded_orders.order_id

    where orders.status = 'refunded' and refunded_orders.order_id is null

)

select * from final
