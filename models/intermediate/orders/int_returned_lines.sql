with as_of as (

    select * from {{ ref('int_as_of') }}

),

refunds as (

    select
        refunds.order_id,
        refunds.line_number,
        case when refunds.line_number is null then refunds.product_id end as product_id,
        sum(refunds.quantity) as quantity

    from {{ ref('stg_shop__refunds') }} as refunds
    cross join as_of

    where {{ is_up_to_as_of('refunds.refunded_at') }} and refunds.quantity > 0

    group by refunds.order_id, refunds.line_number, case when refunds.line_number is null then refunds.product_id end

),

named as (

    select
        lines.order_id,
        lines.line_number,
        lines.product_id,
        lines.quantity,
        least(lines.quantity, coalesce(line_refunds.quantity, 0)) as line_returns,
        coalesce(product_refunds.quantity, 0) as product_returns

    from {{ ref('stg_shop__order_items') }} as lines
    left join refunds as line_refunds
        on lines.order_id = line_refunds.order_id and lines.line_number = line_refunds.line_number
    left join refunds as product_refunds
        on lines.order_id = product_refunds.order_id and lines.product_id = product_refunds.product_id

    where coalesce(line_refunds.quantity, product_refunds.quantity) is not null

),

final as (

    select
        order_id,
        line_number,
        -- returns of the product go to its lines in order
        cast(line_returns + least(
            quantity - line_returns,
            greatest(0, product_returns + quantity - line_returns - sum(quantity - line_returns) over (
                partition by order_id, product_id order by line_number rows between unbounded preceding and current row
            ))
        ) as bigint) as returned_quantity

    from named

)

select * from final
