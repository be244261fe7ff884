-- The values of each dimension add up to the whole shop for all additive metrics, in every period.
with kpis as (

    select
        metric,
        period_kind,
        period_start,
        dimension,
        numerator,
        denominator

    from {{ ref('rpt_kpis') }}

    where metric <> 'margin_rate'

    union all

    -- a value with a margin and net sales of 0 has no rate, but its margin is part of the shop's
    select
        metric,
        period_kind,
        period_start,
        dimension,
        numerator,
        denominator

    from {{ ref('int_period_metrics') }}

    where metric = 'margin_rate' and comparison = 'current'

),

parts as (

    select
        metric,
        period_kind,
        period_start,
        dimension,
        sum(numerator) as numerator,
        sum(denominator) as denominator

    from kpis

    where
        dimension <> 'all'
        -- people and orders can have several values at once
        and not (metric in ('customers', 'net_amount_per_customer') and dimension in ('channel', 'customer_type', 'category'))
        and not (metric in ('orders', 'average_order_amount', 'return_rate', 'complaint_rate') and dimension = 'category')
        and metric not in ('visitors', 'sessions_per_visitor', 'paid_source_payment_rate')

    group by metric, period_kind, period_start, dimension

)

select
    shop.metric,
    shop.period_kind,
    shop.period_start,
    parts.dimension,
    shop.numerator,
    parts.numerator as parts_numerator,
    shop.denominator,
    parts.denominator as parts_denominator

from parts
left join kpis as shop
    on
        parts.metric = shop.metric
        and parts.period_kind = shop.period_kind
        and parts.period_start = shop.period_start
        and shop.dimension = 'all'

where parts.numerator is distinct from shop.numerator or parts.denominator is distinct from shop.denominator
