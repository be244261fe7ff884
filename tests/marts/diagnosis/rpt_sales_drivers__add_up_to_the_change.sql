-- The effects of all values and drivers of a dimension add up to the change of the shop's net sales in rpt_kpis, to the cent.
with effects as (

    select
        period_kind,
        period_start,
        dimension,
        sum(change_amount) as change_amount,
        sum(yoy_change_amount) as yoy_change_amount

    from {{ ref('rpt_sales_drivers') }}

    group by period_kind, period_start, dimension

),

net_sales as (

    select * from {{ ref('rpt_kpis') }}

    where metric = 'net_amount' and dimension = 'all'

)

select
    effects.*,
    net_sales.value,
    net_sales.previous_value,
    net_sales.year_ago_value

from effects
left join net_sales on effects.period_kind = net_sales.period_kind and effects.period_start = net_sales.period_start

where
    effects.change_amount is distinct from net_sales.value - net_sales.previous_value
    or effects.yoy_change_amount is distinct from net_sales.value - net_sales.year_ago_value
