-- Every refund up to as_of_date of an order in fct_orders is counted goods, tax and shipping given back and an uncounted part, to the
-- cent. Refunds without an uncounted part are not listed, and of an order that is not valid nothing counts.
with refunds as (

    select
        refunds.refund_id,
        refunds.order_id,
        refunds.refund_amount,
        case when orders.is_valid then counted.refunded_amount else 0 end as counted_amount,
        case when orders.is_valid then counted.tax_shipping_amount else 0 end as tax_shipping_amount,
        orders.refunded_amount as order_amount

    from {{ ref('stg_shop__refunds') }} as refunds
    cross join {{ ref('int_as_of') }} as as_of
    inner join {{ ref('fct_orders') }} as orders on refunds.order_id = orders.order_id
    left join {{ ref('int_refunds_counted') }} as counted on refunds.refund_id = counted.refund_id

    where {{ is_up_to_as_of('refunds.refunded_at') }}

),

differing_refunds as (

    select
        refunds.refund_id,
        refunds.refund_amount,
        refunds.counted_amount,
        refunds.tax_shipping_amount,
        uncounted.uncounted_amount

    from refunds
    full outer join {{ ref('audit_uncounted_refunds') }} as uncounted on refunds.refund_id = uncounted.refund_id

    where
        refunds.refund_id is null
        or refunds.refund_amount <> refunds.counted_amount + refunds.tax_shipping_amount + coalesce(uncounted.uncounted_amount, 0)
        or refunds.counted_amount < 0
        or refunds.tax_shipping_amount < 0
        or refunds.counted_amount is null
        or uncounted.uncounted_amount <= 0
        or uncounted.counted_amount <> refunds.counted_amount
        or uncounted.tax_shipping_amount <> refunds.tax_shipping_amount
        or uncounted.refund_amount <> refunds.refund_amount

),

differing_orders as (

    select
        order_id as refund_id,
        sum(refund_amount) as refund_amount,
        sum(counted_amount) as counted_amount,
        sum(tax_shipping_amount) as tax_shipping_amount,
        min(order_amount) as uncounted_amount

    from refunds

    group by order_id

    having sum(counted_amount) <> min(order_amount)

)

select * from differing_refunds

union all

select * from differing_orders
