-- One row per refunded order line, and one per refund for money that belongs to no line, such as shipping.
-- The rows of a refund add up to the money that the customer got back.
with refunds as (

    select
        refunds.id,
        refunds.order_id,
        coalesce(refunds.processed_at, refunds.created_at) as refunded_at,
        refunds.note,
        refunds._fivetran_synced,
        orders.customer_id,
        coalesce(orders.taxes_included, false) as taxes_included
    from {{ source('fivetran_shopify', 'refund') }} as refunds
    inner join {{ source('fivetran_shopify', 'order') }} as orders on refunds.order_id = orders.id
    where not coalesce(orders.test, false) and not coalesce(orders._fivetran_deleted, false)

),

paid_back as (

    select
        refund_id,
        sum(amount) as amount
    from {{ source('fivetran_shopify', 'transaction') }}
    where kind = 'refund' and status = 'success'
    group by refund_id

),

-- negative amounts in the source
shipping as (

    select
        refund_id,
        -sum(amount) as amount,
        -sum(tax_amount) as tax_amount
    from {{ source('fivetran_shopify', 'order_adjustment') }}
    where kind = 'shipping_refund'
    group by refund_id

),

refund_lines as (

    select
        refunds.id as refund_id,
        line_refunds.id as line_refund_id,
        line_refunds.order_line_id,
        line_refunds.quantity,
        order_lines.product_id,
        line_refunds.total_tax,
        line_refunds.subtotal + case when refunds.taxes_included then 0 else line_refunds.total_tax end as amount,
        coalesce(paid_back.amount, 0) as paid_back
    from {{ source('fivetran_shopify', 'order_line_refund') }} as line_refunds
    inner join refunds on line_refunds.refund_id = refunds.id
    inner join {{ source('fivetran_shopify', 'order_line') }} as order_lines on line_refunds.order_line_id = order_lines.id
    left join paid_back on refunds.id = paid_back.refund_id

),

running as (

    select
        refund_lines.*,
        sum(amount) over (partition by refund_id order by line_refund_id rows unbounded preceding) as amount_so_far,
        sum(amount) over (partition by refund_id) as lines_amount
    from refund_lines

),

-- a shop may pay back less than the price of the lines
line_rows as (

    select
        refund_id,
        line_refund_id,
        order_line_id,
        quantity,
        product_id,
        amount,
        total_tax,
        least(amount_so_far, paid_back) - least(amount_so_far - amount, paid_back) as refund_amount
    from running

),

line_totals as (

    select
        refund_id,
        sum(refund_amount) as refund_amount
    from line_rows
    group by refund_id

),

other_rows as (

    select
        paid_back.refund_id,
        paid_back.amount - coalesce(line_totals.refund_amount, 0) as refund_amount
    from paid_back
    left join line_totals on paid_back.refund_id = line_totals.refund_id

),

final as (

    select
        cast(line_rows.refund_id as varchar) || '-' || cast(line_rows.line_refund_id as varchar) as refund_id,
        refunds.refunded_at,
        line_rows.refund_amount,
        round(cast(line_rows.total_tax * line_rows.refund_amount / nullif(line_rows.amount, 0) as numeric), 2) as tax_amount,
        0 as shipping_amount,
        cast(refunds.order_id as varchar) as order_id,
        cast(refunds.customer_id as varchar) as customer_id,
        coalesce(cast(line_rows.product_id as varchar), 'custom') as product_id,
        line_rows.order_line_id as line_number,
        line_rows.quantity,
        refunds.note as reason,
        refunds._fivetran_synced as loaded_at
    from line_rows
    inner join refunds on line_rows.refund_id = refunds.id

    union all

    select
        cast(other_rows.refund_id as varchar),
        refunds.refunded_at,
        other_rows.refund_amount,
        case when other_rows.refund_amount >= shipping.amount + shipping.tax_amount then shipping.tax_amount end,
        case when other_rows.refund_amount >= shipping.amount + shipping.tax_amount then shipping.amount end,
        cast(refunds.order_id as varchar),
        cast(refunds.customer_id as varchar),
        null,
        null,
        null,
        refunds.note,
        refunds._fivetran_synced
    from other_rows
    inner join refunds on other_rows.refund_id = refunds.id
    left join shipping on other_rows.refund_id = shipping.refund_id
    where other_rows.refund_amount > 0

)

select * from final
