-- one row per line of a credit memo, and one for what it gives back beside its lines: shipping and adjustments
with memos as (

    select *
    from sales_creditmemo
    qualify file_number = max(file_number) over (partition by "entity_id")

),

orders as (

    select
        "entity_id" as entity_id,
        max("increment_id") as increment_id
    from sales_order
    group by "entity_id"

),

order_lines as (

    select distinct
        "item_id" as item_id,
        coalesce(nullif("parent_item_id", '0'), "item_id") as line_number
    from sales_order_item

),

memo_items as (

    select *
    from sales_creditmemo_item
    qualify file_number = max(file_number) over (partition by "parent_id", "order_item_id")

),

-- a configurable product or bundle is one line, as in order_items
lines as (

    select
        items."parent_id" as memo_id,
        order_lines.line_number,
        max(case when items."order_item_id" = order_lines.line_number then items."sku" end) as sku,
        max(case when items."order_item_id" = order_lines.line_number then items."qty" end) as quantity,
        sum(coalesce(items."base_tax_amount", 0)) as tax,
        max(case when items."order_item_id" = order_lines.line_number then coalesce(items."base_row_total", 0) end)
        + sum(
            coalesce(items."base_tax_amount", 0)
            - coalesce(items."base_discount_amount", 0)
            + coalesce(items."base_discount_tax_compensation_amount", 0)
        ) as amount
    from memo_items as items
    inner join order_lines on items."order_item_id" = order_lines.item_id
    group by items."parent_id", order_lines.line_number

),

line_sums as (

    select
        memo_id,
        sum(amount) as amount,
        sum(tax) as tax
    from lines
    where amount > 0
    group by memo_id

),

rest as (

    select
        memos.*,
        -- a fee that was kept makes the rest negative: then the memo stays whole
        coalesce(memos."base_grand_total" >= line_sums.amount, false) as is_split,
        memos."base_grand_total" - coalesce(line_sums.amount, 0) as rest_amount,
        coalesce(memos."base_tax_amount", 0) - coalesce(line_sums.tax, 0) as rest_tax
    from memos
    left join line_sums on memos."entity_id" = line_sums.memo_id

),

refunds as (

    select
        coalesce("increment_id", "entity_id") as refund_id,
        "created_at" as created_at,
        case when is_split then rest_amount else "base_grand_total" end as refund_amount,
        greatest(case when is_split then rest_tax else coalesce("base_tax_amount", 0) end, 0) as tax_amount,
        coalesce("base_shipping_amount", 0) as shipping_amount,
        "base_currency_code" as currency,
        "order_id" as entity_id,
        null as product_id,
        null as line_number,
        null as quantity
    from rest
    where not is_split or rest_amount > 0

    union all

    select
        coalesce(rest."increment_id", rest."entity_id") || '-' || lines.line_number,
        rest."created_at",
        lines.amount,
        lines.tax,
        0,
        rest."base_currency_code",
        rest."order_id",
        lines.sku,
        lines.line_number,
        whole_units(lines.quantity)
    from lines
    inner join rest on lines.memo_id = rest."entity_id"
    where rest.is_split and lines.amount > 0

)

select
    refunds.refund_id,
    regexp_replace(refunds.created_at, '^([0-9-]{10}[ T][0-9:.]+)$', '\1Z') as refunded_at,
    refunds.refund_amount,
    refunds.tax_amount,
    refunds.shipping_amount,
    refunds.currency,
    coalesce(orders.increment_id, refunds.entity_id) as order_id,
    refunds.product_id,
    refunds.line_number,
    refunds.quantity
from refunds
left join orders on refunds.entity_id = orders.entity_id
order by refunds.refund_id
