-- The months of rpt_kpis match the totals of their source marts, and values as of as_of_date match those
-- marts.
with counted as (

    select
        metric,
        sum(numerator) as counted

    from {{ ref('rpt_kpis') }}

    where
        period_kind = 'month'
        and dimension = 'all'
        and metric in (
            'net_amount', 'orders', 'new_customers', 'sessions', 'conversion_rate', 'cart_abandonment_rate',
            'return_rate', 'complaint_rate'
        )

    group by metric

    union all

    -- the latest month is that of as_of_date
    select
        kpis.metric,
        kpis.numerator as counted

    from {{ ref('rpt_kpis') }} as kpis
    inner join {{ ref('int_as_of') }} as as_of on kpis.period_start = cast(date_trunc('month', as_of.as_of_date) as date)

    where kpis.period_kind = 'month' and kpis.dimension = 'all' and kpis.metric = 'top_20_share'

),

returned as (

    select
        refunds.order_id,
        orders.order_date,
        min(refunds.refund_date) as refunded_date

    from {{ ref('stg_shop__refunds') }} as refunds
    inner join {{ ref('fct_orders') }} as orders on refunds.order_id = orders.order_id
    cross join {{ ref('int_as_of') }} as as_of

    where
        orders.is_valid
        and refunds.refund_date <= as_of.as_of_date
        and orders.order_lines > 0

    group by refunds.order_id, orders.order_date

),

expected as (

    select
        'net_amount' as metric,
        sum(net_amount) as expected
    from {{ ref('fct_orders') }}
    where is_valid

    union all

    select
        'orders' as metric,
        count(*) as expected
    from {{ ref('fct_orders') }}
    where is_valid

    union all

    select
        'new_customers' as metric,
        count(distinct customer_id) as expected
    from {{ ref('fct_orders') }}
    where is_valid

    union all

    select
        'sessions' as metric,
        count(*) as expected
    from {{ ref('fct_sessions') }}

    union all

    select
        'conversion_rate' as metric,
        count(*) as expected
    from {{ ref('fct_sessions') }}
    where has_placed_order

    union all

    select
        'cart_abandonment_rate' as metric,
        sum(abandoned_carts) as expected
    from {{ ref('rpt_carts') }}

    union all

    select
        'return_rate' as metric,
        sum(case when refunded_date <= order_date + interval '30' day then 1 else 0 end) as expected
    from returned

    union all

    select
        'top_20_share' as metric,
        sum(net_amount) as expected
    from {{ ref('rpt_pareto') }}
    where is_top_20

)

select
    expected.metric,
    expected.expected,
    counted.counted

from expected
left join counted on expected.metric = counted.metric

where coalesce(expected.expected, 0) <> coalesce(counted.counted, 0)
