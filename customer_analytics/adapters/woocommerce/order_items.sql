-- one row per order line; prices are those of WooCommerce, without tax
with advanced as (

    select
        "order number" as order_id,
        row_number,
        coalesce("sku", "item name") as product_id,
        coalesce("quantity", "quantity (- refund)") as quantity,
        -- what the line cost before the discount is an optional field; without a discount it is what was paid
        case
            when "order line subtotal" is not null then "order line subtotal"
            when "item discount amount" is not null
                then "item cost" * coalesce("quantity", "quantity (- refund)") + "item discount amount"
            when max("cart discount amount") over (partition by "order number") = 0
                then "item cost" * coalesce("quantity", "quantity (- refund)")
        end as list_amount,
        "item cost" * coalesce("quantity", "quantity (- refund)") as paid_amount
    from advanced_rows
    where "item name" is not null

),

-- the cells of an order hold its lines: id:1|name:Mug|sku:M-1|quantity:2|...; with a backslash before separators in values
csv as (

    select
        "order_id" as order_id,
        row_number,
        unnest(
            case
                when "line_items" is not null then regexp_extract_all("line_items", '(?s)(?:[^;\\]|\\.)+')
                else "line_item_#"
            end
        ) as cell,
        generate_subscripts(
            case
                when "line_items" is not null then regexp_extract_all("line_items", '(?s)(?:[^;\\]|\\.)+')
                else "line_item_#"
            end,
            1
        ) as position
    from csv_rows

),

fields as (

    select
        order_id,
        row_number,
        position,
        regexp_replace(
            coalesce(
                nullif(regexp_extract(cell, '(?:^|\|)sku:((?:[^|\\]|\\.)*)', 1), ''),
                regexp_extract(cell, '(?s)(?:^|\|)name:(.*?)\|product_id:', 1)
            ),
            '\\(.)', '\1', 'g'
        ) as product_id,
        cell_number(regexp_extract(cell, '(?:^|\|)quantity:([^|]*)', 1)) as quantity,
        cell_number(regexp_extract(cell, '(?:^|\|)sub_?total:([^|]*)', 1)) as list_amount,
        cell_number(regexp_extract(cell, '(?:^|\|)total:([^|]*)', 1)) as paid_amount
    from csv

),

lines as (

    select
        order_id,
        row_number,
        1 as position,
        product_id,
        quantity,
        list_amount,
        paid_amount
    from advanced

    union all

    select
        order_id,
        row_number,
        position,
        product_id,
        quantity,
        list_amount,
        paid_amount
    from fields

    union all

    -- one row per item
    select
        "order_id",
        row_number,
        1,
        coalesce("item_sku", "item_name"),
        "item_quantity",
        "item_subtotal",
        "item_total"
    from csv_rows
    where "item_name" is not null

)

select
    order_id,
    row_number() over (partition by order_id order by row_number, position) as line_number,
    product_id,
    whole_units(quantity) as quantity,
    round(list_amount / nullif(whole_units(quantity), 0), 4) as unit_list_price,
    round(paid_amount / nullif(whole_units(quantity), 0), 4) as unit_price
from lines
-- refunds exported as rows of their own are part of the order's refunded amount
where quantity >= 0
order by order_id, line_number
