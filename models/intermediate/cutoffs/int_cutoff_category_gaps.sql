with category_days as (

    select distinct
        purchases.cutoff_date,
        purchases.customer_id,
        items.category,
        purchases.order_date

    from {{ ref('int_cutoff_purchases') }} as purchases
    inner join {{ ref('int_order_items_valued') }} as items on purchases.order_id = items.order_id

),

numbered as (

    select
        cutoff_date,
        category,
        order_date,
        lag(order_date) over (
            partition by cutoff_date, customer_id, category order by order_date
        ) as previous_order_date

    from category_days

),

categories as (

    select
        cutoff_date,
        category,
        count(*) as gaps,
        {{ median(dbt.datediff('previous_order_date', 'order_date', 'day')) }} as median_gap_days

    from numbered

    where previous_order_date is not null

    group by cutoff_date, category

),

shops as (

    select
        cutoff_date,
        {{ median('gap_days') }} as median_gap_days

    from {{ ref('int_cutoff_order_days') }}

    where gap_days is not null

    group by cutoff_date

),

-- the shop's own row stands in for customers whose category says nothing
final as (

    select
        categories.cutoff_date,
        categories.category,
        categories.gaps,
        categories.median_gap_days,
        {{ shrunk_gap('categories.median_gap_days', 'categories.gaps', 'shops.median_gap_days') }} as expected_gap_days

    from categories
    inner join shops on categories.cutoff_date = shops.cutoff_date

    union all

    select
        cutoff_date,
        cast(null as {{ dbt.type_string() }}) as category,
        cast(null as bigint) as gaps,
        median_gap_days,
        median_gap_days as expected_gap_days

    from shops

)

select * from final
