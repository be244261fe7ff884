{#- each metric with what it counts, and of what -#}
{%- set sources = [
    ('int_monthly_sales', {
        'net_amount': ['net_amount'],
        'orders': ['orders'],
        'customers': ['customers'],
        'new_customers': ['new_customers'],
        'average_order_amount': ['net_amount', 'orders'],
        'net_amount_per_customer': ['customers_net_amount', 'customers'],
        'discount_rate': ['discount_amount', 'discountable_amount'],
        'refund_rate': ['refunded_amount', 'goods_amount'],
        'margin_rate': ['margin_amount', 'costed_net_amount'],
    }),
    ('int_monthly_visits', {
        'sessions': ['sessions'],
        'visitors': ['visitors'],
        'bounce_rate': ['bounces', 'sessions'],
        'cart_rate': ['cart_sessions', 'sessions'],
        'conversion_rate': ['ordering_sessions', 'sessions'],
    }),
    ('int_monthly_carts', {
        'cart_abandonment_rate': ['abandoned_carts', 'carts'],
        'checkout_abandonment_rate': ['abandoned_checkouts', 'checkouts'],
        'payment_conversion_rate': ['payments_succeeded', 'payments_attempted'],
    }),
    ('int_monthly_tiers', {
        'repurchase_rate': ['repeat_buyers', 'buyers'],
        'churned_share': ['churned_customers', 'all_customers'],
        'monthly_repurchase_rate': ['returned_customers', 'followed_customers'],
    }),
    ('int_monthly_category_outcomes', {
        'return_rate': ['refunded_orders', 'orders'],
        'complaint_rate': ['complained_orders', 'orders'],
    }),
] -%}

with as_of as (

    select * from {{ ref('int_as_of') }}

),

counted as (

    {% for model, metrics in sources -%}
    {% for metric, columns in metrics.items() -%}
    select
        '{{ metric }}' as metric,
        month,
        dimension,
        dimension_value,
        cast({{ columns[0] }} as numeric(24, 2)) as numerator,
        cast({{ 'coalesce(' ~ columns[1] ~ ', 0)' if columns[1] else 'null' }} as numeric(24, 2)) as denominator

    from {{ ref(model) }}

    union all

    {% endfor -%}
    {% endfor -%}
    select
        'paid_source_payment_rate' as metric,
        month,
        'source' as dimension,
        source as dimension_value,
        cast(paying_sessions as numeric(24, 2)) as numerator,
        cast(sessions as numeric(24, 2)) as denominator

    from {{ ref('int_paid_sources') }}

    union all

    select
        'month_1_retention_rate' as metric,
        cohort_month as month,
        cohort_dimension as dimension,
        cohort_value as dimension_value,
        cast(retained_customers as numeric(24, 2)) as numerator,
        cast(cohort_customers as numeric(24, 2)) as denominator

    from {{ ref('rpt_cohort_retention') }}

    where retention_kind = 'calendar_month' and period_number = 1

    union all

    select
        'top_20_share' as metric,
        cast(date_trunc('month', as_of.as_of_date) as date) as month,
        'all' as dimension,
        'all' as dimension_value,
        cast(concentration.top_20_net_amount as numeric(24, 2)) as numerator,
        cast(concentration.net_amount as numeric(24, 2)) as denominator

    from {{ ref('int_shop_concentration') }} as concentration
    cross join as_of

    union all

    select
        'gini' as metric,
        cast(date_trunc('month', as_of.as_of_date) as date) as month,
        'all' as dimension,
        'all' as dimension_value,
        cast(concentration.gini_numerator as numeric(24, 2)) as numerator,
        cast(concentration.gini_denominator as numeric(24, 2)) as denominator

    from {{ ref('int_shop_concentration') }} as concentration
    cross join as_of

),

final as (

    select
        counted.metric,
        counted.month,
        counted.dimension,
        counted.dimension_value,
        counted.numerator,
        counted.denominator,
        -- what is taken as of a day is whole at once
        metrics.maturity_days is null
        or as_of.as_of_date >= {{ dbt.dateadd(
            'day', 'metrics.maturity_days', "cast(counted.month + interval '1' month - interval '1' day as date)"
        ) }} as is_complete

    from counted
    inner join {{ ref('metrics') }} as metrics on counted.metric = metrics.metric
    cross join as_of

    where counted.numerator is not null and coalesce(counted.denominator > 0, true)

)

select * from final
