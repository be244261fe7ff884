with category_days as (

    select distinct
        purchases.customer_id,
        items.category,
        purchases.order_date

    from {{ ref('int_purchases') }} as purchases
    inner join {{ ref('int_order_items_valued') }} as items on purchases.order_id = items.order_id

),

numbered as (

    select
        category,
        order_date,
        lag(order_date) over (partition by customer_id, category order by order_date) as previous_order_date

    from category_days

),

gaps as (

    select
        category,
        {{ dbt.datediff('previous_order_date', 'order_date', 'day') }} as gap_days

    from numbered

    where previous_order_date is not null

),

shop as (

    select {{ median('gap_days') }} as median_gap_days
    from {{ ref('int_order_days') }}
    where gap_days is not null

),

categories as (

    select
        category,
        count(*) as gaps,
        {{ median('gap_days') }} as median_gap_days

    from gaps

    group by category

),

-- the shop's own row stands in for customers whose category says nothing
final as (

    select
        categories.category,
        categories.gaps,
        categories.median_gap_days,
        {{ shrunk_gap('categories.median_gap_days', 'categories.gaps', 'shop.median_gap_days') }} as expected_gap_days

    from categories
    cross join shop

    union all

    select
        '(shop)' as category,
        cast(null as bigint) as gaps,
        median_gap_days,
        median_gap_days as expected_gap_days

    from shop

)

select * from final
