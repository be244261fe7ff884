-- one row per order with a refund: the export has the sum, without dates and products
select
    "name" || '-refund' as refund_id,
    coalesce(max("cancelled at"), min("created at")) as refunded_at,
    max("refunded amount") as refund_amount,
    "name" as order_id
from rows_of_orders
group by "name", shopify_id
having max("refunded amount") > 0
order by refund_id
