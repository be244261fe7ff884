-- one row per order with a refund: the export has the sum, without dates and products
with rows_of_orders as (

    select *
    from orders_export
    qualify file_number >= coalesce(
        max(file_number) filter (where "financial status" is not null) over (partition by "name"),
        max(file_number) over (partition by "name")
    )

)

select
    "name" || '-refund' as refund_id,
    coalesce(max("cancelled at"), min("created at")) as refunded_at,
    max("refunded amount") as refund_amount,
    "name" as order_id
from rows_of_orders
group by "name"
having max("refunded amount") > 0
order by refund_id
