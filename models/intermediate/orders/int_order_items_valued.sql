with orders as (

    select
        order_id,
        order_date,
        is_valid,
        is_fully_refunded

    from {{ ref('int_orders') }}

),

as_of as (

    select * from {{ ref('int_as_of') }}

),

returned_lines as (

    select
        refunds.order_id,
        refunds.line_number,
        cast(sum(refunds.quantity) as bigint) as returned_quantity

    from {{ ref('stg_shop__refunds') }} as refunds
    cross join as_of

    where {{ is_up_to_as_of('refunds.refunded_at') }} and refunds.quantity > 0

    group by refunds.order_id, refunds.line_number

),

joined as (

    select
        items.*,
        orders.order_date,
        orders.is_valid,
        case
            when orders.is_fully_refunded then items.quantity
            else least(coalesce(returned_lines.returned_quantity, 0), items.quantity)
        end as returned_quantity

    from {{ ref('stg_shop__order_items') }} as items
    inner join orders on items.order_id = orders.order_id
    left join returned_lines
        on items.order_id = returned_lines.order_id and items.line_number = returned_lines.line_number

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
        list_amount,
        paid_amount,
        {{ to_reporting('(quantity - returned_quantity) * unit_price') }} as kept_amount,
        coalesce(
            {{ to_reporting('(quantity - returned_quantity) * unit_cost') }},
            {{ to_cents('(quantity - returned_quantity) * product_unit_cost') }}
        ) as kept_cost_amount

    from joined

)

select * from final
