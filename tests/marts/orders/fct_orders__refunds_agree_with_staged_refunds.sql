-- The refunded amount of each purchase is the sum of its counted refunds, at most its staged refunds up to as_of_date and its goods
-- amount. It is all of the staged refunds if there is no tax and shipping, and all goods if the whole payment went back or the order
-- is refunded by status only.
with staged as (

    select
        refunds.order_id,
        sum(refunds.refund_amount) as refund_amount,
        count(coalesce(refunds.tax_amount, refunds.shipping_amount)) as refunds_with_parts

    from {{ ref('stg_shop__refunds') }} as refunds
    cross join {{ ref('int_as_of') }} as as_of

    where refunds.refunded_at < as_of.as_of_end_at

    group by refunds.order_id

),

counted as (

    select
        order_id,
        sum(refunded_amount) as refunded_amount

    from {{ ref('int_refunds_counted') }}

    group by order_id

),

compared as (

    select
        orders.order_id,
        orders.refunded_amount,
        coalesce(counted.refunded_amount, 0) as counted_amount,
        case
            when staged.order_id is not null then least(staged.refund_amount, orders.goods_amount)
            when orders.status = 'refunded' then orders.goods_amount
            else 0
        end as most_amount,
        staged.order_id is null
        or (
            staged.refunds_with_parts = 0
            and (staged.refund_amount >= orders.paid_amount or orders.paid_amount = orders.goods_amount)
        ) as is_all

    from {{ ref('fct_orders') }} as orders
    left join staged on orders.order_id = staged.order_id
    left join counted on orders.order_id = counted.order_id

    where orders.is_valid

)

select * from compared

where
    refunded_amount <> counted_amount
    or refunded_amount > most_amount
    or (is_all and refunded_amount <> most_amount)
