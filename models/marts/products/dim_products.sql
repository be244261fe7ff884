with items as (

    select * from {{ ref('fct_order_items') }}

),

sales as (

    select
        items.product_id,
        min(items.order_date) as first_sold_on,
        max(items.order_date) as last_sold_on,
        {{ dbt.datediff('max(items.order_date)', 'max(as_of.as_of_date)', 'day') }} as days_since_last_sale,
        sum(case
            when {{ dbt.datediff('items.order_date', 'as_of.as_of_date', 'day') }} < thresholds.stock_window_days then items.net_amount
            else 0
        end) as window_net_amount

    from items
    cross join {{ ref('int_as_of') }} as as_of
    cross join {{ ref('product_thresholds') }} as thresholds

    where items.is_valid

    group by items.product_id

),

-- product unknown stands for orders without lines, so it is no best seller
ranked as (

    select
        product_id,
        sum(window_net_amount) over () as all_net_amount,
        sum(window_net_amount) over (
            order by window_net_amount desc, {{ binary_collation('product_id') }} rows between unbounded preceding and current row
        ) - window_net_amount as net_amount_before

    from sales

    where product_id <> 'unknown'

),

-- order lines and events may have products missing from the catalogue
known as (

    select product_id from {{ ref('stg_shop__products') }}

    union

    select product_id from items

    union

    select product_id from {{ ref('int_product_conversions') }}

),

final as (

    select
        known.product_id,
        products.product_name,
        coalesce(products.category, 'unknown') as category,
        coalesce(products.brand, 'unknown') as brand,
        cast(products.list_price as numeric(18, 4)) as list_price,
        coalesce(products.price_level, 'unknown') as price_level,
        sales.first_sold_on,
        sales.last_sold_on,
        case
            when known.product_id = 'unknown' then null
            when sales.product_id is null or sales.days_since_last_sale >= thresholds.idle_days then 'idle'
            when ranked.net_amount_before < thresholds.bestseller_share * ranked.all_net_amount then 'A'
            when ranked.net_amount_before < thresholds.steady_share * ranked.all_net_amount then 'B'
            else 'C'
        end as stock_class

    from known
    cross join {{ ref('product_thresholds') }} as thresholds
    left join {{ ref('stg_shop__products') }} as products on known.product_id = products.product_id
    left join sales on known.product_id = sales.product_id
    left join ranked on known.product_id = ranked.product_id

)

select * from final
