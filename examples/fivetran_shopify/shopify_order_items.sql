-- One row per order line; the id of the line is its number, because refunds name it.
with order_lines as (

    select order_lines.*
    from {{ source('fivetran_shopify', 'order_line') }} as order_lines
    inner join {{ source('fivetran_shopify', 'order') }} as orders on order_lines.order_id = orders.id
    where order_lines.quantity > 0 and not coalesce(orders.test, false) and not coalesce(orders._fivetran_deleted, false)

),

discounts as (

    select
        order_line_id,
        sum(amount) as amount
    from {{ source('fivetran_shopify', 'discount_allocation') }}
    group by order_line_id

),

costs as (

    select
        variants.id as variant_id,
        inventory_items.cost as unit_cost
    from {{ source('fivetran_shopify', 'product_variant') }} as variants
    inner join {{ source('fivetran_shopify', 'inventory_item') }} as inventory_items
        on variants.inventory_item_id = inventory_items.id

),

final as (

    select
        cast(order_lines.order_id as varchar) as order_id,
        order_lines.id as line_number,
        -- lines typed into a draft order have no product
        coalesce(cast(order_lines.product_id as varchar), 'custom') as product_id,
        order_lines.quantity,
        order_lines.price as unit_list_price,
        round(cast(order_lines.price - coalesce(discounts.amount, 0) / order_lines.quantity as numeric), 4) as unit_price,
        costs.unit_cost,
        order_lines._fivetran_synced as loaded_at
    from order_lines
    left join discounts on order_lines.id = discounts.order_line_id
    left join costs on order_lines.variant_id = costs.variant_id

)

select * from final
