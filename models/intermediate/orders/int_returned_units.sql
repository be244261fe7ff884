with as_of as (

    select * from {{ ref('int_as_of') }}

),

returns as (

    select stg_refunds.*
    from {{ ref('stg_shop__refunds') }} as stg_refunds
    cross join as_of
    where
        {{ is_up_to_as_of('stg_refunds.refunded_at') }}
        and stg_refunds.quantity > 0

),

first_lines as (

    select
        order_id,
        product_id,
        min(line_number) as line_number

    from {{ ref('stg_shop__order_items') }}

    group by order_id, product_id

),

placed as (

    select
        returns.order_id,
        coalesce(returns.line_number, first_lines.line_number) as line_number,
        returns.quantity

    from returns
    left join first_lines
        on returns.order_id = first_lines.order_id and returns.product_id = first_lines.product_id

),

final as (

    select
        order_id,
        line_number,
        cast(sum(quantity) as bigint) as returned_quantity

    from placed

    where line_number is not null

    group by order_id, line_number

)

select * from final
