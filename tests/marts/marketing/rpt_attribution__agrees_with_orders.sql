-- By month, each model credits the net sales of the month's orders; over all months those of rpt_sales_daily.
with attributed as (

    select
        month,
        model,
        sum(orders) as orders,
        sum(attributed_amount) as net_amount,
        min(month_amount) as month_amount,
        sum(sum(attributed_amount)) over (partition by model) as shop_amount

    from {{ ref('rpt_attribution') }}

    where model <> 'markov'

    group by month, model

),

ordered as (

    select
        cast(date_trunc('month', order_date) as date) as month,
        count(*) as orders,
        sum(net_amount) as net_amount

    from {{ ref('fct_orders') }}

    where is_valid

    group by cast(date_trunc('month', order_date) as date)

),

daily as (

    select sum(net_amount) as net_amount
    from {{ ref('rpt_sales_daily') }}

)

select
    attributed.*,
    ordered.net_amount as ordered_amount

from ordered
cross join daily
left join attributed on ordered.month = attributed.month

where
    attributed.net_amount is distinct from ordered.net_amount
    or attributed.month_amount is distinct from ordered.net_amount
    or abs(attributed.orders - ordered.orders) > 0.001
    or attributed.shop_amount is distinct from daily.net_amount
