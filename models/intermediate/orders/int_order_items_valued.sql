with orders as (

    select
        order_id,
        order_date,
        exchange_rate,
        is_valid,
        is_valid and goods_amount > 0 and net_amount = 0 as is_fully_refunded

    from {{ ref('int_orders_settled') }}

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
        cast(items.unit_list_price as numeric(38, 4)) as unit_list_price,
        cast(items.unit_cost as numeric(38, 4)) as unit_cost,
        -- a product's own price and cost stand in where the line has none; they are in the reporting currency already
        cast(products.list_price as numeric(38, 4)) as product_list_price,
        cast(products.unit_cost as numeric(38, 4)) as product_unit_cost,
        orders.order_date,
        orders.exchange_rate,
        orders.is_valid,
        coalesce(products.category, 'unknown') as category,
        coalesce(products.brand, 'unknown') as brand,
        case
            when orders.is_fully_refunded then items.quantity
            else least(coalesce(returns.returned_quantity, 0), items.quantity)
        end as returned_quantity

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
        coalesce(
            {{ to_reporting('quantity * unit_list_price') }}, {{ to_cents('quantity * product_list_price') }}
        ) as list_amount,
        {{ to_reporting('quantity * unit_price') }} as paid_amount,
        {{ to_reporting('(quantity - returned_quantity) * unit_price') }} as kept_amount,
        coalesce(
            {{ to_reporting('(quantity - returned_quantity) * unit_cost') }},
            {{ to_cents('(quantity - returned_quantity) * product_unit_cost') }}
        ) as kept_cost_amount

    from joined

)

select * from final
