with first_orders as (

    select * from {{ ref('fct_orders') }}

    where is_first_order

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

category_amounts as (

    select
        items.order_id,
        items.category,
        sum(items.paid_amount) as paid_amount

    from {{ ref('int_order_items_valued') }} as items
    inner join first_orders on items.order_id = first_orders.order_id

    group by items.order_id, items.category

),

ranked_categories as (

    select
        category_amounts.*,
        row_number() over (
            partition by order_id order by paid_amount desc, {{ byte_order('category') }}
        ) as category_rank

    from category_amounts

),

final as (

    select
        first_orders.customer_id,
        first_orders.order_date as first_order_date,
        cast(date_trunc('month', first_orders.order_date) as date) as cohort_month,
        first_orders.channel,
        coalesce(customers.acquisition_source, 'unknown') as acquisition_source,
        coalesce(ranked_categories.category, 'unknown') as first_category,
        case
            when first_orders.discount_amount > 0 then 'yes'
            when first_orders.discount_amount = 0 then 'no'
            else 'unknown'
        end as first_order_discounted,
        coalesce(customers.city_tier, 'unknown') as city_tier

    from first_orders
    left join ranked_categories
        on first_orders.order_id = ranked_categories.order_id and ranked_categories.category_rank = 1
    left join customers on first_orders.customer_id = customers.customer_id

)

select * from final
