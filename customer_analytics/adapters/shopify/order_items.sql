-- one row per order line, in the order of the file
with lines as (

    select
        *,
        row_number() over (partition by "name", file_number order by row_number) as line_number,
        "lineitem price" * "lineitem quantity" - coalesce("lineitem discount", 0) as line_amount,
        -- a tip is a line, but no part of Subtotal
        lower("lineitem name") = 'tip' as is_tip,
        max("subtotal") over (partition by "name", file_number) as order_subtotal
    from orders_export
    where "lineitem name" is not null
    qualify file_number = coalesce(
        max(file_number) filter (where "total" is not null) over (partition by "name"),
        max(file_number) over (partition by "name")
    )

),

discounted as (

    select
        *,
        -- Subtotal is what the lines cost after the discounts of the whole order
        case
            when is_tip then 1
            else order_subtotal / nullif(sum(line_amount) filter (where not is_tip) over (partition by "name"), 0)
        end as paid_share
    from lines

)

select
    "name" as order_id,
    line_number,
    coalesce("lineitem sku", "lineitem name") as product_id,
    cast("lineitem quantity" as bigint) as quantity,
    "lineitem price" as unit_list_price,
    round(line_amount * coalesce(paid_share, 1) / nullif("lineitem quantity", 0), 4) as unit_price
from discounted
order by order_id, line_number
