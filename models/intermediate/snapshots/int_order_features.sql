with thresholds as (

    select
        max(case when threshold = 'high_discount_rate' then value end) as high_discount_rate,
        max(case when threshold = 'high_discounted_share' then value end) as high_discounted_share,
        max(case when threshold = 'low_discount_rate' then value end) as low_discount_rate

    from {{ ref('customer_thresholds') }}

),

discounts as (

    select
        order_id,
        gross_amount,
        gross_amount - goods_amount as discount_amount,
        1 - {{ safe_divide('goods_amount', 'gross_amount') }} as discount_rate

    from {{ ref('int_purchases') }}

),

known_purchases as (

    select
        purchases.*,
        discounts.gross_amount,
        discounts.discount_amount,
        discounts.discount_rate,
        -- whole units, so that squares of extreme amounts do not overflow
        cast(round(purchases.net_amount) as numeric(38, 0)) as units

    from {{ ref('int_snapshot_purchases') }} as purchases
    inner join discounts on purchases.order_id = discounts.order_id

),

purchases as (

    select
        snapshot_date,
        is_as_of,
        is_scored,
        is_in_sample,
        customer_id,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        count(case when is_first_of_day then 1 end) as order_days,
        sum(gap_days) as gap_days,
        sum(gap_days * gap_days) as squared_gap_days,
        count(*) as orders,
        {% for days in [30, 90, 365] -%}
        count(case when age_days < {{ days }} then 1 end) as orders_{{ days }}d,
        cast(sum(case when age_days < {{ days }} then net_amount else 0 end) as numeric(18, 2)) as amount_{{ days }}d,
        {% endfor -%}
        sum(net_amount) as net_amount,
        sum(units) as units,
        sum(units * units) as squared_units,
        count(case when refunded_amount > 0 then 1 end) as returned_orders,
        count(case when discount_amount > 0 then 1 end) as discounted_orders,
        count(discount_rate) as priced_orders,
        -- less than half a millionth below the list price is a rounding difference
        count(case when discount_rate > 0 then 1 end) as cheaper_orders,
        sum(discount_rate) as discount_rates,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount

    from known_purchases

    group by snapshot_date, is_as_of, is_scored, is_in_sample, customer_id

),

repeat_days as (

    select
        snapshot_date,
        customer_id,
        sum(net_amount) as net_amount

    from known_purchases

    where day_number > 1

    group by snapshot_date, customer_id, order_date

    having sum(net_amount) > 0

),

paid_repeat_days as (

    select
        snapshot_date,
        customer_id,
        count(*) as paid_repeat_days,
        sum(net_amount) as repeat_amount

    from repeat_days

    group by snapshot_date, customer_id

),

final as (

    select
        purchases.snapshot_date,
        purchases.is_as_of,
        purchases.is_scored,
        purchases.is_in_sample,
        purchases.customer_id,
        purchases.first_order_date,
        purchases.last_order_date,
        {{ dbt.datediff('purchases.last_order_date', 'purchases.snapshot_date', 'day') }} as recency_days,
        {{ dbt.datediff('purchases.first_order_date', 'purchases.last_order_date', 'day') }} as active_days,
        {{ dbt.datediff('purchases.first_order_date', 'purchases.snapshot_date', 'day') }} as observed_days,
        cast(purchases.order_days - 1 as integer) as repeat_days,
        cast(coalesce(paid_repeat_days.paid_repeat_days, 0) as integer) as paid_repeat_days,
        cast(coalesce(paid_repeat_days.repeat_amount, 0) as numeric(18, 2)) as repeat_amount,
        {{ average_amount('purchases.net_amount', 'purchases.order_days') }} as mean_day_amount,
        purchases.orders,
        {% for days in [30, 90, 365] -%}
        purchases.orders_{{ days }}d,
        purchases.amount_{{ days }}d,
        {% endfor -%}
        cast(purchases.net_amount as numeric(18, 2)) as net_amount,
        {{ safe_divide('purchases.discount_amount', 'purchases.gross_amount') }} as discount_rate,
        {{ safe_divide('purchases.discounted_orders', 'purchases.orders') }} as discounted_share,
        purchases.priced_orders,
        purchases.cheaper_orders,
        {{ safe_divide('purchases.returned_orders', 'purchases.orders') }} as returned_share,
        -- standard deviation / mean, from exact sums, so that equal values have variation 0
        {% for measure, (counted, total) in {
            'amount': ('purchases.orders', 'units'), 'gap': ('(purchases.order_days - 1)', 'gap_days'),
        }.items() -%}
        coalesce(
            sqrt(cast(
                {{ counted }} * purchases.squared_{{ total }} - purchases.{{ total }} * purchases.{{ total }} as {{ type_double() }}
            ))
            / nullif(cast(abs(purchases.{{ total }}) as {{ type_double() }}), 0), 0
        ) as {{ measure }}_variation,
        {% endfor -%}
        -- averages are compared as sums, which are exact
        case
            when purchases.priced_orders = 0 then null
            when purchases.discount_rates >= thresholds.high_discount_rate * purchases.priced_orders then 'high'
            when purchases.cheaper_orders >= thresholds.high_discounted_share * purchases.priced_orders then 'high'
            when purchases.discount_rates < thresholds.low_discount_rate * purchases.priced_orders then 'low'
            else 'medium'
        end as price_sensitivity

    from purchases
    cross join thresholds
    left join paid_repeat_days on purchases.snapshot_date = paid_repeat_days.snapshot_date and purchases.customer_id = paid_repeat_days.customer_id

)

select * from final
