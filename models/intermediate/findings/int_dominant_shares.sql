with rules as (

    select * from {{ ref('finding_rules') }}

),

quarter_orders as (

    select
        order_id,
        customer_id,
        net_amount,
        cast(date_trunc('quarter', order_date) as date) as quarter,
        sum(net_amount) over (partition by date_trunc('quarter', order_date)) as quarter_amount,
        count(*) over (partition by date_trunc('quarter', order_date)) as quarter_orders

    from {{ ref('int_orders') }}

    where is_valid

),

dominant_orders as (

    select
        rules.rule,
        rules.dimension,
        orders.order_id as dimension_value,
        orders.order_id,
        orders.quarter,
        orders.net_amount,
        orders.quarter_amount,
        rules.threshold

    from quarter_orders as orders
    inner join rules
        on
            rules.comparison = 'share_of_quarter'
            and rules.dimension = 'order'
            and orders.quarter_orders >= rules.minimum_people
            and orders.net_amount > rules.threshold * orders.quarter_amount

),

-- a customer with a dominant order is not named again for it
dominant_customers as (

    select
        rules.rule,
        rules.dimension,
        orders.customer_id as dimension_value,
        orders.quarter,
        orders.quarter_amount,
        rules.threshold,
        sum(orders.net_amount) as net_amount

    from quarter_orders as orders
    left join dominant_orders on orders.order_id = dominant_orders.order_id
    inner join rules
        on
            rules.comparison = 'share_of_quarter'
            and rules.dimension = 'customer'
            and orders.quarter_orders >= rules.minimum_people

    where orders.customer_id is not null and dominant_orders.order_id is null

    group by rules.rule, rules.dimension, rules.threshold, orders.customer_id, orders.quarter, orders.quarter_amount

    having sum(orders.net_amount) > rules.threshold * orders.quarter_amount

),

-- quantile scores do not use the bands
buyers as (

    select * from {{ ref('int_customer_rfm') }}

    where is_as_of and frequency > 0 and '{{ var("rfm_scoring") }}' = 'bands'

),

bands as (

    {% for measure in ['f', 'm'] -%}
    select
        '{{ measure }}_band_share' as metric,
        count(*) as customers

    from buyers

    group by {{ measure }}_score

    union all

    {% endfor -%}
    select
        'm_upper_bands_share' as metric,
        sum(case when m_score >= 4 then 1 else 0 end) as customers

    from buyers

),

all_buyers as (

    select count(*) as customers from buyers

),

dominant as (

    {% for kind in ['orders', 'customers'] -%}
    select
        rule,
        dimension,
        dimension_value,
        'quarter' as period,
        quarter as period_start,
        cast(quarter + interval '3' month - interval '1' day as date) as period_end,
        net_amount as people,
        quarter_amount as people_before,
        threshold as expected

    from dominant_{{ kind }}

    union all

    {% endfor -%}
    select
        rules.rule,
        rules.dimension,
        'all' as dimension_value,
        'window' as period,
        cast({{ dbt.dateadd('day', 1 - var('rfm_window_days'), 'as_of.as_of_date') }} as date) as period_start,
        as_of.as_of_date as period_end,
        bands.customers as people,
        all_buyers.customers as people_before,
        rules.threshold as expected

    from bands
    cross join all_buyers
    inner join rules on bands.metric = rules.metric and all_buyers.customers >= rules.minimum_people
    cross join {{ ref('int_as_of') }} as as_of

    where
        (rules.comparison = 'band_above' and bands.customers > rules.threshold * all_buyers.customers)
        or (rules.comparison = 'band_empty' and bands.customers = 0)

),

final as (

    select
        dominant.rule,
        dominant.dimension,
        dominant.dimension_value,
        dominant.period,
        dominant.period_start,
        dominant.period_end,
        dominant.period_end >= as_of.as_of_date as is_ongoing,
        dominant.people,
        dominant.people_before,
        cast(dominant.expected as numeric(18, 6)) as expected,
        cast(null as numeric(18, 2)) as amount_each

    from dominant
    cross join {{ ref('int_as_of') }} as as_of

)

select * from final
