with orders as (

    select
        order_id,
        order_date,
        exchange_rate,
        is_valid,
        is_valid and goods_amount > 0 and net_amount = 0 as is_fully_refunded

    from {{ ref('int_orders_settled') }}

    where {{ is_touched('order_id', 'int_touched_orders') }}

),

items as (

    select * from {{ ref('stg_shop__order_items') }}

),

products as (

    select * from {{ ref('stg_shop__products') }}

),

returns as (

    select * from {{ ref('int_returned_units') }}

),

joined as (

    select
        items.order_id,
        items.line_number,
        items.product_id,
        items.quantity,
        cast(items.unit_price as numeric(38, 4)) as unit_price,
        orders.order_date,
        orders.exchange_rate,
        orders.is_valid,
        coalesce(products.category, 'unknown') as category,
        coalesce(products.brand, 'unknown') as brand,
        case
            when orders.is_fully_refunded then items.quantity
            else least(coalesce(returns.returned_quantity, 0), items.quantity)
        end as returned_quantity,
        -- a product's own price and cost stand in where the line has none; they are in the reporting currency already
        coalesce(cast(items.unit_list_price as numeric(38, 4)) * orders.exchange_rate, products.list_price) as unit_list_amount,
        coalesce(cast(items.unit_cost as numeric(38, 4)) * orders.exchange_rate, products.unit_cost) as unit_cost_amount

    from items
    inner join orders on items.order_id = orders.order_id
    left join products on items.product_id = products.product_id
    left join returns
        on items.order_id = returns.order_id and items.line_number = returns.line_number

),

final as (

    select
        order_id,
        line_number,
        product_id,
        order_date,
        is_valid,
        category,
        brand,
        quantity,
        returned_quantity,
        cast(round(quantity * unit_list_amount, 2) as numeric(18, 2)) as list_amount,
        cast(round(quantity * unit_price * exchange_rate, 2) as numeric(18, 2)) as paid_amount,
        cast(round((quantity - returned_quantity) * unit_price * exchange_rate, 2) as numeric(18, 2)) as kept_amount,
        cast(round((quantity - returned_quantity) * unit_cost_amount, 2) as numeric(18, 2)) as kept_cost_amount

    from joined

)

select * from final
