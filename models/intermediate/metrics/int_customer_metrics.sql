with cohorts as (

    select
        cohort_periods.*,
        cohort_month as month

    from {{ ref('int_cohort_retention') }} as cohort_periods

    where retention_kind = 'calendar_month' and period_number = 1

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
        case
            when lead(rfm.recency_days) over (partition by rfm.customer_id order by rfm.month) > {{ var('churn_inactive_days') }} then 1
            when lead(rfm.recency_days) over (partition by rfm.customer_id order by rfm.month) is not null then 0
        end as is_churned_next,
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
        sum(is_buyer) as buyers,
        sum(is_repeat_buyer) as repeat_buyers

    from customers

    group by {{ dimension_groups('month', ['value_tier']) }} -- noqa: PRS

),

-- customers by tier at the end of the previous month
returns as (

    select
        next_month as month,
        {{ dimension_columns(['value_tier']) }},
        count(*) as followed_customers,
        sum(has_returned) as returned_customers,
        sum(1 - is_churned) as active_customers,
        sum((1 - is_churned) * is_churned_next) as newly_churned_customers,
        sum(is_churned) as churned_customers,
        sum(is_churned * has_returned) as won_back_customers

    from customers

    group by {{ dimension_groups('next_month', ['value_tier']) }} -- noqa: PRS

),

final as (

    {% for relation, numerators, denominators in [
        ('cohorts', ['retained_customers'], ['cohort_customers']),
        ('concentration', ['top_20_net_amount', 'gini_numerator'], ['ranked_net_amount', 'gini_denominator']),
        ('tiers', ['repeat_buyers'], ['buyers']),
        (
            'returns', ['returned_customers', 'newly_churned_customers', 'won_back_customers'],
            ['followed_customers', 'active_customers', 'churned_customers'],
        ),
    ] -%}
    {{ metric_values(relation, numerators, denominators, keys=['month']) }}

    {{ 'union all' if not loop.last }}

    {% endfor %}
)

select * from final
