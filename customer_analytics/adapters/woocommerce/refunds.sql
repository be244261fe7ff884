-- one row per refund where the cells list them with their dates, else one per order with the sum
with cells as (

    select
        "order_id" as order_id,
        -- refunds: id:9|date:2024-02-01 10\:00\:00|amount:5.00|reason:...; refund_items: amount:5.00|reason:...|date:...
        unnest(list_concat(
            regexp_extract_all(max("refunds"), '(?s)(?:[^;\\]|\\.)+'),
            regexp_extract_all(max("refund_items"), '(?s)amount:[^|;]*\|reason:.*?\|date:[0-9-]+ [0-9:]+')
        )) as cell
    from csv_rows
    group by "order_id"

),

listed as (

    select
        order_id,
        coalesce(
            nullif(regexp_extract(cell, '(?:^|\|)id:([0-9]+)', 1), ''),
            order_id || '-refund-' || row_number() over (partition by order_id order by cell)
        ) as refund_id,
        nullif(replace(regexp_extract(cell, '(?:^|\|)date:([0-9-]+ [0-9:\\]+)', 1), '\', ''), '') as refunded_at,
        abs(cell_number(regexp_extract(cell, '(?:^|\|)amount:([^|]*)', 1))) as refund_amount,
        regexp_replace(
            nullif(regexp_extract(cell, '(?s)\|reason:((?:[^|\\]|\\.)*)', 1), ''), '\\(.)', '\1', 'g'
        ) as reason
    from cells
    -- without a readable amount the sum of the order counts
    qualify bool_and(refund_amount is not null) over (partition by order_id)

),

summed as (

    select
        "order number" as order_id,
        coalesce(max("date of first refund"), max("order date")) as refunded_at,
        max("order refund amount") as refund_amount
    from advanced_rows
    where coalesce("order total amount", 0) >= 0
    group by "order number"

    union all

    select
        csv_rows."order_id",
        max(coalesce(csv_rows."date", csv_rows."order_date")),
        max(csv_rows."refunded_total")
    from csv_rows
    left join listed on csv_rows."order_id" = listed.order_id
    where listed.order_id is null
    group by csv_rows."order_id"

)

select
    refund_id,
    refunded_at,
    refund_amount,
    order_id,
    reason
from listed

union all

select
    order_id || '-refund' as refund_id,
    regexp_replace(refunded_at, '^([0-9]{2})[-.]([0-9]{2})[-.]([0-9]{4})', '\3-\2-\1') as refunded_at,
    refund_amount,
    order_id,
    null as reason
from summed
where refund_amount > 0
order by refund_id
