with as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

purchases as (

    select
        *,
        cast(date_trunc('month', known_date) as date) as known_month,
        cast(order_date + interval '{{ var("rfm_window_days") }}' day as date) as leaves_date

    from {{ ref('int_purchases') }}

),

refunds as (

    select
        purchases.customer_id,
        greatest(cast(date_trunc('month', refunds.refund_date) as date), purchases.known_month) as refund_month,
        refunds.refunded_amount,
        purchases.leaves_date

    from {{ ref('int_refunds_counted') }} as refunds
    inner join purchases on refunds.order_id = purchases.order_id

),

-- a month end counts an order from the month it became known in until it is older than the window,
-- and a refund from its own month until its order leaves; each is one step up and one step down
changes as (

    select
        customer_id,
        known_month as snapshot_month,
        order_date as last_order_date,
        1 as frequency_change,
        goods_amount as monetary_change

    from purchases

    union all

    select
        purchases.customer_id,
        greatest(cast(date_trunc('month', purchases.leaves_date) as date), purchases.known_month) as snapshot_month,
        cast(null as date) as last_order_date,
        -1 as frequency_change,
        -purchases.goods_amount as monetary_change

    from purchases
    cross join as_of

    -- the last month may end before its last day: what leaves after that has not left yet
    where purchases.leaves_date <= as_of.as_of_date

    union all

    select
        customer_id,
        refund_month as snapshot_month,
        cast(null as date) as last_order_date,
        0 as frequency_change,
        -refunded_amount as monetary_change

    from refunds

    union all

    select
        refunds.customer_id,
        greatest(cast(date_trunc('month', refunds.leaves_date) as date), refunds.refund_month) as snapshot_month,
        cast(null as date) as last_order_date,
        0 as frequency_change,
        refunds.refunded_amount as monetary_change

    from refunds
    cross join as_of

    where refunds.leaves_date <= as_of.as_of_date

),

final as (

    select
        customer_id,
        snapshot_month,
        max(last_order_date) as last_order_date,
        cast(sum(frequency_change) as integer) as frequency_change,
        cast(sum(monetary_change) as numeric(18, 2)) as monetary_change

    from changes

    group by customer_id, snapshot_month

)

select * from final
