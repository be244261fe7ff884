-- one row per order and category before the join, so that orders need no distinct count
with order_categories as (

    select
        order_id,
        category,
        sum(paid_amount) as paid_amount

    from {{ ref('int_order_items_valued') }}

    group by order_id, category

),

category_days as (

    select
        purchases.snapshot_date,
        purchases.is_as_of,
        purchases.customer_id,
        order_categories.category,
        purchases.order_date,
        count(*) as orders,
        sum(order_categories.paid_amount) as paid_amount

    from {{ ref('int_snapshot_purchases') }} as purchases
    inner join order_categories on purchases.order_id = order_categories.order_id

    group by purchases.snapshot_date, purchases.is_as_of, purchases.customer_id, order_categories.category, purchases.order_date

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
