with as_of as (

    select * from {{ ref('int_as_of') }}

),

orders as (

    select * from {{ ref('int_orders') }}

    where is_confirmed

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

-- no more than the goods can go back, whatever was paid out on top
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

    -- the status alone says refunded: on the day of the order
    select
        'status:' || order_id as refund_id,
        order_id,
        ordered_at as refunded_at,
        order_date as refund_date,
        goods_amount as refunded_amount,
        false as has_own_day

    from orders

    where is_refunded_by_status

)

select * from final
