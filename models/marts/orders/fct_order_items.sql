with items as (

    select * from {{ ref('int_order_items_valued') }}

),

orders as (

    select * from {{ ref('int_orders') }}

),

lines as (

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
        list_amount,
        paid_amount,
        net_amount,
        kept_cost_amount

    from items

    union all

    -- an order without lines, so that products add up to the shop's net sales
    select
        order_id,
        1 as line_number,
        'unknown' as product_id,
        order_date,
        is_valid,
        'unknown' as category,
        'unknown' as brand,
        null as quantity,
        null as returned_quantity,
        null as list_amount,
        null as paid_amount,
        net_amount,
        null as kept_cost_amount

    from orders

    where order_lines = 0

),

final as (

    select
        order_id,
        cast(line_number as bigint) as line_number,
        product_id,
        order_date,
        is_valid,
        category,
        brand,
        quantity,
        cast(returned_quantity as bigint) as returned_quantity,
        list_amount,
        paid_amount,
        net_amount,
        cast(1 - {{ safe_divide('least(paid_amount, list_amount)', 'list_amount') }} as numeric(18, 6)) as discount_rate,
        case when is_valid then cast(net_amount - kept_cost_amount as numeric(18, 2)) end as margin_amount,
        paid_amount < list_amount as is_discounted

    from lines

)

select * from final
