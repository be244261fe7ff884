with refunds as (

    select refunds.*
    from {{ ref('stg_shop__refunds') }} as refunds
    cross join {{ ref('int_as_of') }} as as_of
    where {{ is_up_to_as_of('refunds.refunded_at') }}

),

divided as (

    select
        refunds.refund_id,
        refunds.order_id,
        refunds.refunded_at,
        refunds.refund_date,
        refunds.refund_amount,
        case when orders.is_valid then counted.refunded_amount else 0 end as counted_amount,
        case when orders.is_valid then counted.tax_shipping_amount else 0 end as tax_shipping_amount,
        case when orders.is_valid then counted.uncounted_amount else refunds.refund_amount end as uncounted_amount,
        case when orders.is_valid then 'above_goods' else 'order_not_valid' end as reason

    from refunds
    inner join {{ ref('int_orders') }} as orders on refunds.order_id = orders.order_id
    left join {{ ref('int_refunds_counted') }} as counted on refunds.refund_id = counted.refund_id

),

final as (

    select
        refund_id,
        order_id,
        refunded_at,
        refund_date,
        refund_amount,
        cast(counted_amount as numeric(18, 2)) as counted_amount,
        cast(tax_shipping_amount as numeric(18, 2)) as tax_shipping_amount,
        cast(uncounted_amount as numeric(18, 2)) as uncounted_amount,
        reason

    from divided

    where uncounted_amount > 0

)

select * from final
