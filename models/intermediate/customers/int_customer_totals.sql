with purchases as (

    select * from {{ ref('int_purchases') }}

),

discounts as (

    select
        purchases.*,
        1 - {{ share('goods_amount', 'gross_amount') }} as discount_rate

    from purchases

),

totals as (

    select
        customer_id,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        count(*) as lifetime_orders,
        sum(net_amount) as lifetime_net_amount,
        count(discount_rate) as priced_orders,
        sum(case when discount_rate > 0 then 1 else 0 end) as discounted_orders,
        sum(discount_rate) as discount_rates

    from discounts

    group by customer_id

),

order_days as (

    select
        customer_id,
        count(*) as order_days

    from {{ ref('int_order_days') }}

    group by customer_id

),

final as (

    select
        totals.customer_id,
        totals.first_order_date,
        totals.last_order_date,
        order_days.order_days,
        totals.lifetime_orders,
        cast(totals.lifetime_net_amount as numeric(18, 2)) as lifetime_net_amount,
        totals.priced_orders,
        totals.discounted_orders,
        cast(totals.discount_rates as numeric(18, 6)) as discount_rates,
        -- means are compared as sums, which are exact
        case
            when totals.priced_orders = 0 then null
            when totals.discount_rates >= 0.30 * totals.priced_orders then 'high'
            when totals.discounted_orders >= 0.60 * totals.priced_orders then 'high'
            when totals.discount_rates < 0.10 * totals.priced_orders then 'low'
            else 'medium'
        end as price_sensitivity

    from totals
    inner join order_days on totals.customer_id = order_days.customer_id

)

select * from final
