with lines_bought as (

    select
        purchases.cutoff_date,
        purchases.customer_id,
        items.category,
        sum(items.paid_amount) as paid_amount

    from {{ ref('int_cutoff_purchases') }} as purchases
    inner join {{ ref('int_order_items_valued') }} as items on purchases.order_id = items.order_id

    group by purchases.cutoff_date, purchases.customer_id, items.category

),

ranked as (

    select
        lines_bought.*,
        row_number() over (
            partition by cutoff_date, customer_id order by paid_amount desc, {{ byte_order('category') }}
        ) as category_rank

    from lines_bought

),

final as (

    select
        cutoff_date,
        customer_id,
        category

    from ranked

    where category_rank = 1

)

select * from final
