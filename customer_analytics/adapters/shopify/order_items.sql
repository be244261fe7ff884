-- one row per order line, in the order of the file
with lines as (

    select
        *,
        row_number() over (partition by "name", shopify_id order by file_number, row_number) as line_number,
        "lineitem price" * "lineitem quantity" - coalesce("lineitem discount", 0) as line_amount,
        -- a tip is a line, but no part of Subtotal
        lower("lineitem name") = 'tip' as is_tip,
        max("subtotal") over (partition by "name", shopify_id) as order_subtotal
    from rows_of_orders
    where "lineitem name" is not null

),

discounted as (

    select
        *,
        -- Subtotal is what the lines cost after the discounts of the whole order
        case
            when is_tip then 1
            else order_subtotal / nullif(sum(line_amount) filter (where not is_tip) over (partition by "name", shopify_id), 0)
        end as paid_share
    from lines

)

select
    "name" as order_id,
    line_number,
    coalesce("lineitem sku", "lineitem name") as product_id,
    whole_units("lineitem quantity") as quantity,
    "lineitem price" * "lineitem quantity" / nullif(whole_units("lineitem quantity"), 0) as unit_list_price,
    round(line_amount * coalesce(paid_share, 1) / nullif(whole_units("lineitem quantity"), 0), 4) as unit_price
from discounted
order by order_id, line_number
