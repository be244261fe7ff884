{%- set is_rated = 'first_orders.first_customers >= thresholds.minimum_customers' -%}

with category_days as (

    select * from {{ ref('int_snapshot_category_days') }}
    where is_as_of

),

customer_months as (

    select
        category,
        customer_id,
        cast(date_trunc('month', order_date) as date) as order_month,
        sum(orders) as orders

    from category_days

    group by category, customer_id, cast(date_trunc('month', order_date) as date)

),

customers as (

    select
        customer_months.category,
        customer_months.customer_id,
        sum(customer_months.orders) as orders,
        max(case when customer_months.orders >= thresholds.high_frequency_orders then 1 else 0 end) as is_high_frequency

    from customer_months
    cross join {{ ref('report_thresholds') }} as thresholds

    group by customer_months.category, customer_months.customer_id

),

counted as (

    select
        category,
        count(*) as customers,
        count(case when orders >= 2 then 1 end) as repeat_customers,
        sum(is_high_frequency) as high_frequency_customers

    from customers

    group by category

),

measured as (

    select
        category,
        count(*) as gaps,
        sum({{ dbt.datediff('order_date', 'next_order_date', 'day') }}) as gap_days,
        {% for name, fraction in {'p25': 0.25, 'median': 0.5, 'p75': 0.75}.items() -%}
        percentile_cont({{ fraction }}) within group (
            order by {{ dbt.datediff('order_date', 'next_order_date', 'day') }}
        ) as {{ name }}_gap_days
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from category_days

    where next_order_date is not null

    group by category

),

first_orders as (

    select
        items.category,
        count(distinct first_orders.customer_id) as first_customers,
        count(distinct case when first_orders.has_repeated then first_orders.customer_id end) as first_repeat_customers

    from {{ ref('int_order_items_valued') }} as items
    inner join {{ ref('int_first_orders') }} as first_orders on items.order_id = first_orders.order_id

    group by items.category

),

-- the median is the first day on which survival is at most 0.5
censored_medians as (

    select
        group_value as category,
        min(gap_days) as expected_half_days

    from {{ ref('int_repurchase_survival') }}

    -- 0.5 as a double may be slightly above
    where group_by = 'category' and survival <= 0.5 + 1e-12

    group by group_value

),

final as (

    select
        counted.category,
        cast(counted.customers as integer) as customers,
        cast(counted.repeat_customers as integer) as repeat_customers,
        {{ safe_divide('counted.repeat_customers', 'counted.customers') }} as repurchase_rate,
        cast(coalesce(first_orders.first_customers, 0) as integer) as first_customers,
        cast(coalesce(first_orders.first_repeat_customers, 0) as integer) as first_repeat_customers,
        case
            when {{ is_rated }} then {{ safe_divide('first_orders.first_repeat_customers', 'first_orders.first_customers') }}
        end as first_repeat_rate,
        {% for bound, sign in {'lower': '-', 'upper': '+'}.items() -%}
        case
            when {{ is_rated }}
                then cast({{ wilson_bound('first_orders.first_repeat_customers', 'first_orders.first_customers', sign) }} as numeric(18, 6))
        end as first_repeat_rate_{{ bound }},
        {% endfor -%}
        cast(coalesce(measured.gaps, 0) as integer) as gaps,
        cast(coalesce(measured.gap_days, 0) as bigint) as gap_days,
        cast({{ divide_half_up('measured.gap_days', 'measured.gaps', 2) }} as numeric(18, 2)) as mean_gap_days,
        cast(measured.median_gap_days as numeric(18, 2)) as median_gap_days,
        cast(measured.p25_gap_days as numeric(18, 2)) as p25_gap_days,
        cast(measured.p75_gap_days as numeric(18, 2)) as p75_gap_days,
        cast(censored_medians.expected_half_days as integer) as censored_median_gap_days,
        cast(counted.high_frequency_customers as integer) as high_frequency_customers,
        {{ safe_divide('counted.high_frequency_customers', 'counted.customers') }} as high_frequency_share

    from counted
    cross join {{ ref('product_thresholds') }} as thresholds
    left join first_orders on counted.category = first_orders.category
    left join measured on counted.category = measured.category
    left join censored_medians on counted.category = censored_medians.category

)

select * from final
