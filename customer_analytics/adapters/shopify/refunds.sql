-- one row per order with a refund: the export has the sum, without dates and products
select
    "name" || '-refund' as refund_id,
    coalesce(max("cancelled at"), min("created at")) as refunded_at,
    max("refunded amount") as refund_amount,
    "name" as order_id
from (
    select *
    from orders_export
    qualify file_number = max(file_number) over (partition by "name")
) as rows_of_orders
group by "name"
having max("refunded amount") > 0
order by refund_id
