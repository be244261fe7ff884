with category_days as (

    select
        purchases.customer_id,
        items.category,
        purchases.order_date,
        count(distinct purchases.order_id) as orders

    from {{ ref('int_purchases') }} as purchases
    inner join {{ ref('int_order_items_valued') }} as items on purchases.order_id = items.order_id

    group by purchases.customer_id, items.category, purchases.order_date

),

final as (

    select
        category_days.*,
        lead(order_date) over (partition by customer_id, category order by order_date) as next_order_date

    from category_days

)

select * from final
