-- One row per order line; the id of the line is its number, because refunds name it.
with order_lines as (

    select
        orders.id as order_id,
        cast(lines.value ->> 'id' as bigint) as line_id,
        lines.value ->> 'product_id' as product_id,
        cast(lines.value ->> 'variant_id' as bigint) as variant_id,
        cast(lines.value ->> 'quantity' as integer) as quantity,
        cast(lines.value ->> 'price' as numeric) as price,
        coalesce(discounts.amount, 0) as discount_amount,
        orders._airbyte_extracted_at
    from {{ source('airbyte_shopify', 'orders') }} as orders
    cross join lateral jsonb_array_elements(orders.line_items) as lines (value)
    cross join lateral (
        select sum(cast(discount.value ->> 'amount' as numeric)) as amount
        from jsonb_array_elements(lines.value -> 'discount_allocations') as discount (value)
    ) as discounts
    where not coalesce(orders.test, false) and orders.deleted_at is null

),

costs as (

    select
        variants.id as variant_id,
        inventory_items.cost as unit_cost
    from {{ source('airbyte_shopify', 'product_variants') }} as variants
    inner join {{ source('airbyte_shopify', 'inventory_items') }} as inventory_items
        on variants.inventory_item_id = inventory_items.id

),

final as (

    select
        cast(order_lines.order_id as varchar) as order_id,
        order_lines.line_id as line_number,
        -- lines typed into a draft order have no product
        coalesce(order_lines.product_id, 'custom') as product_id,
        order_lines.quantity,
        order_lines.price as unit_list_price,
        round(order_lines.price - order_lines.discount_amount / order_lines.quantity, 4) as unit_price,
        costs.unit_cost,
        order_lines._airbyte_extracted_at as loaded_at
    from order_lines
    left join costs on order_lines.variant_id = costs.variant_id
    where order_lines.quantity > 0

)

select * from final
