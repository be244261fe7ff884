with sessions as (

    select * from {{ ref('int_monthly_sessions') }}
    where medium is null

),

carts as (

    select * from sessions
    where dimension in ('all', 'channel')

),

paid_sources as (

    select * from sessions
    where is_large_paid_source

),

cohorts as (

    select
        cohort_periods.*,
        cohort_month as month

    from {{ ref('int_cohort_retention') }} as cohort_periods

    where retention_kind = 'calendar_month' and period_number = 1 and is_in_totals

),

-- Gini coefficient of the sorted amounts, 0 if all customers spend the same: (n + 1 - 2 sum(rank x amount) / sum(amount)) / n
concentration as (

    select
        cast(date_trunc('month', as_of.as_of_date) as date) as month,
        'all' as dimension,
        'all' as dimension_value,
        sum(case when ranked.customer_percentile <= 20 then ranked.monetary_amount else 0 end) as top_20_net_amount,
        sum(ranked.monetary_amount) as ranked_net_amount,
        (count(*) + 1) * sum(ranked.monetary_amount) - 2 * sum(ranked.customer_rank * ranked.monetary_amount) as gini_numerator,
        count(*) * sum(ranked.monetary_amount) as gini_denominator

    from {{ ref('int_customer_rfm') }} as ranked
    cross join {{ ref('int_as_of') }} as as_of

    where ranked.is_as_of and ranked.customer_rank is not null

    group by cast(date_trunc('month', as_of.as_of_date) as date)

),

purchase_months as (

    select distinct
        customer_id,
        cast(date_trunc('month', order_date) as date) as month

    from {{ ref('int_purchases') }}

),

customers as (

    select
        rfm.month,
        rfm.value_tier,
        cast(rfm.month + interval '1' month as date) as next_month,
        case when rfm.frequency >= 1 then 1 else 0 end as is_buyer,
        case when rfm.frequency >= 2 then 1 else 0 end as is_repeat_buyer,
        case when rfm.recency_days > {{ var('churn_inactive_days') }} then 1 else 0 end as is_churned,
        case when purchase_months.customer_id is not null then 1 else 0 end as has_returned

    from {{ ref('int_customer_rfm') }} as rfm
    left join purchase_months
        on
            rfm.customer_id = purchase_months.customer_id
            and cast(rfm.month + interval '1' month as date) = purchase_months.month

    where rfm.is_complete_month

),

tiers as (

    select
        month,
        {{ dimension_columns(['value_tier']) }},
        count(*) as all_customers,
        sum(is_buyer) as buyers,
        sum(is_repeat_buyer) as repeat_buyers,
        sum(is_churned) as churned_customers

    from customers

    group by {{ dimension_groups('month', ['value_tier']) }} -- noqa: PRS

),

-- customers by tier at the end of the previous month
returns as (

    select
        next_month as month,
        {{ dimension_columns(['value_tier']) }},
        count(*) as followed_customers,
        sum(has_returned) as returned_customers

    from customers

    group by {{ dimension_groups('next_month', ['value_tier']) }} -- noqa: PRS

),

measured as (

    select * from {{ ref('int_order_metrics') }}

    {% for relation, numerators, denominators in [
        ('sessions', ['sessions', 'people', 'bounces', 'cart_sessions', 'ordering_sessions'], ['sessions']),
        ('carts', ['abandoned_carts', 'abandoned_checkouts', 'payments_succeeded'], ['carts', 'checkouts', 'ordering_sessions']),
        ('paid_sources', ['paying_sessions'], ['sessions']),
        ('cohorts', ['retained_customers'], ['cohort_customers']),
        ('concentration', ['top_20_net_amount', 'gini_numerator'], ['ranked_net_amount', 'gini_denominator']),
        ('tiers', ['repeat_buyers', 'churned_customers'], ['buyers', 'all_customers']),
        ('returns', ['returned_customers'], ['followed_customers']),
    ] -%}
    union all

    {{ metric_values(relation, numerators, denominators) }}

    {% endfor %}
),

final as (

    select
        measured.metric,
        'month' as period_kind,
        measured.month as period_start,
        cast(measured.month + interval '1' month - interval '1' day as date) as period_end,
        measured.dimension,
        measured.dimension_value,
        measured.numerator,
        measured.denominator,
        -- metrics as of a day are complete immediately
        metrics.maturity_days is null
        or as_of.as_of_date >= {{ dbt.dateadd(
            'day', 'metrics.maturity_days', "cast(measured.month + interval '1' month - interval '1' day as date)"
        ) }} as is_complete

    from measured
    inner join {{ ref('metrics') }} as metrics on measured.metric = metrics.metric
    cross join {{ ref('int_as_of') }} as as_of

    where measured.numerator is not null and coalesce(measured.denominator > 0, true)

)

select * from final
