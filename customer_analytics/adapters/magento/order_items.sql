-- one row per line that was sold: a configurable product or bundle counts once, its chosen simple products (parent_item_id) do not
with items as (

    select * replace (nullif("parent_item_id", '0') as "parent_item_id")
    from sales_order_item
    qualify file_number = max(file_number) over (partition by "item_id")

),

orders as (

    select
        "entity_id" as entity_id,
        max("increment_id") as increment_id
    from sales_order
    group by "entity_id"

),

-- the discount of a bundle with dynamic prices is on its parts
discounts as (

    select
        coalesce("parent_item_id", "item_id") as item_id,
        sum(coalesce("base_discount_amount", 0) - coalesce("base_discount_tax_compensation_amount", 0)) as discount
    from items
    group by coalesce("parent_item_id", "item_id")

)

select
    coalesce(orders.increment_id, items."order_id") as order_id,
    items."item_id" as line_number,
    items."sku" as product_id,
    whole_units(items."qty_ordered") as quantity,
    items."base_price" * items."qty_ordered" / nullif(whole_units(items."qty_ordered"), 0) as unit_list_price,
    round((items."base_row_total" - discounts.discount) / nullif(whole_units(items."qty_ordered"), 0), 4) as unit_price,
    items."base_cost" as unit_cost
from items
left join discounts on items."item_id" = discounts.item_id
left join orders on items."order_id" = orders.entity_id
where items."parent_item_id" is null
order by order_id, try_cast(line_number as bigint)
