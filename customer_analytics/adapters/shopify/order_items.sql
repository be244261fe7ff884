-- one row per order line, in the order of the file
with lines as (

    select
        *,
        row_number() over (partition by "name" order by row_number) as line_number,
        "lineitem price" * "lineitem quantity" - coalesce("lineitem discount", 0) as line_amount,
        max("subtotal") over (partition by "name") as order_subtotal
    from orders_export
    where "lineitem name" is not null
    qualify file_number = max(file_number) over (partition by "name")

),

discounted as (

    select
        *,
        -- Subtotal is what the lines cost after the discounts of the whole order
        order_subtotal / nullif(sum(line_amount) over (partition by "name"), 0) as paid_share
    from lines

)

select
    "name" as order_id,
    line_number,
    coalesce("lineitem sku", "lineitem name") as product_id,
    cast("lineitem quantity" as bigint) as quantity,
    greatest("lineitem price", coalesce("lineitem compare at price", 0)) as unit_list_price,
    round(line_amount * coalesce(paid_share, 1) / nullif("lineitem quantity", 0), 4) as unit_price
from discounted
order by order_id, line_number
