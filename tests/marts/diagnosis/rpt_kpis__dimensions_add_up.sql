-- The values of each dimension add up to the whole shop for all additive metrics, in every month.
with parts as (

    select
        metric,
        month,
        dimension,
        sum(numerator) as numerator,
        sum(denominator) as denominator

    from {{ ref('rpt_kpis') }}

    where
        dimension <> 'all'
        -- people and orders can have several values at once
        and not (metric in ('customers', 'net_amount_per_customer') and dimension in ('channel', 'customer_type'))
        and metric not in ('visitors', 'return_rate', 'complaint_rate', 'paid_source_payment_rate')

    group by metric, month, dimension

)

select
    shop.metric,
    shop.month,
    parts.dimension,
    shop.numerator,
    parts.numerator as parts_numerator,
    shop.denominator,
    parts.denominator as parts_denominator

from parts
left join {{ ref('rpt_kpis') }} as shop on parts.metric = shop.metric and parts.month = shop.month and shop.dimension = 'all'

where parts.numerator is distinct from shop.numerator or parts.denominator is distinct from shop.denominator
