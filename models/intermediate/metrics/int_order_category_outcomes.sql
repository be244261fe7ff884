with items as (

    select
        items.order_id,
        items.line_number,
        items.product_id,
        case when pool.dimension is null then items.category else 'other' end as category,
        items.order_date,
        items.paid_amount,
        items.net_amount

    from {{ ref('int_order_items_valued') }} as items
    left join {{ ref('int_pooled_values') }} as pool on pool.dimension = 'category' and items.category = pool.dimension_value

    where items.is_valid

),

as_of as (

    select * from {{ ref('int_as_of') }}

),

order_categories as (

    select
        order_id,
        category,
        min(order_date) as order_date,
        sum(paid_amount) as paid_amount,
        sum(net_amount) as net_amount

    from items

    group by order_id, category

),

refunds as (

    select stg_refunds.*
    from {{ ref('stg_shop__refunds') }} as stg_refunds
    cross join as_of
    where {{ is_up_to_as_of('stg_refunds.refunded_at') }}

),

product_categories as (

    select
        order_id,
        product_id,
        min(category) as category

    from items

    group by order_id, product_id

),

-- a line refund counts for its category, an order refund for all categories of the order
refunded as (

    select
        refunds.order_id,
        coalesce(items.category, product_categories.category) as category,
        min(refunds.refund_date) as refunded_date

    from refunds
    left join items on refunds.order_id = items.order_id and refunds.line_number = items.line_number
    left join product_categories
        on refunds.order_id = product_categories.order_id and refunds.product_id = product_categories.product_id

    group by refunds.order_id, coalesce(items.category, product_categories.category)

),

complaints as (

    select
        tickets.order_id,
        min(tickets.opened_date) as complained_date

    from {{ ref('stg_shop__support_tickets') }} as tickets
    cross join as_of

    where tickets.ticket_type = 'complaint' and tickets.order_id is not null and {{ is_up_to_as_of('tickets.opened_at') }}

    group by tickets.order_id

),

final as (

    select
        order_categories.order_id,
        order_categories.category,
        order_categories.order_date,
        order_categories.paid_amount,
        order_categories.net_amount,
        least(of_category.refunded_date, of_order.refunded_date) as refunded_date,
        complaints.complained_date

    from order_categories
    left join refunded as of_category
        on order_categories.order_id = of_category.order_id and order_categories.category = of_category.category
    left join refunded as of_order
        on order_categories.order_id = of_order.order_id and of_order.category is null
    left join complaints on order_categories.order_id = complaints.order_id

)

select * from final
