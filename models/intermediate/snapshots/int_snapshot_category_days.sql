with category_days as (

    select
        purchases.snapshot_date,
        purchases.is_as_of,
        purchases.customer_id,
        items.category,
        purchases.order_date,
        count(distinct purchases.order_id) as orders,
        sum(items.paid_amount) as paid_amount

    from {{ ref('int_snapshot_purchases') }} as purchases
    inner join {{ ref('int_order_items_valued') }} as items on purchases.order_id = items.order_id

    group by purchases.snapshot_date, purchases.is_as_of, purchases.customer_id, items.category, purchases.order_date

),

final as (

    select
        category_days.*,
        lead(order_date) over (
            partition by snapshot_date, customer_id, category order by order_date
        ) as next_order_date

    from category_days

)

select * from final
