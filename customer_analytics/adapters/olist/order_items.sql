-- one row per unit sold
select
    order_id,
    try_cast(order_item_id as bigint) as line_number,
    product_id,
    1 as quantity,
    price as unit_price
from order_items_dataset
qualify file_number = max(file_number) over (partition by order_id, order_item_id)
order by order_id, line_number
