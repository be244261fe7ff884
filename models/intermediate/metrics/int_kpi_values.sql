-- monthly measures cover the whole month, so they are not compared with the first days of one
with months as (

    select distinct
        period_days.period_kind,
        period_days.period_start,
        period_days.period_end,
        period_days.comparison,
        period_days.first_day

    from {{ ref('int_period_days') }} as period_days
    cross join {{ ref('int_as_of') }} as as_of

    where period_days.period_kind = 'month' and (period_days.comparison = 'current' or period_days.period_end <= as_of.as_of_date)

),

people as (

    select
        counts.*,
        period_start as month,
        sessions as sessions_of_people

    from {{ ref('int_session_counts') }} as counts

    where period_kind = 'month' and medium is null

),

session_groups as (

    select * from people
    where dimension in ('device', 'source')

),

paid_sources as (

    select * from people
    where is_large_paid_source

),

cohorts as (

    select
        cohort_month as month,
        dimension,
        dimension_value,
        cohort_customers,
        case when period_number = 1 then retained_customers end as retained_customers,
        case when period_number = 3 then retained_customers end as month_3_customers

    from {{ ref('int_cohort_retention') }}

    where retention_kind = 'calendar_month' and period_number in (1, 3) and is_in_totals

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

monthly as (

    {% for relation, numerators, denominators in [
        ('people', ['people', 'sessions_of_people'], ['people']),
        ('session_groups', ['sessions', 'session_seconds', 'bounces', 'cart_sessions', 'ordering_sessions'], ['sessions']),
        ('paid_sources', ['paying_sessions'], ['sessions']),
        ('cohorts', ['retained_customers', 'month_3_customers'], ['cohort_customers']),
        ('concentration', ['top_20_net_amount', 'gini_numerator'], ['ranked_net_amount', 'gini_denominator']),
    ] -%}
    {{ metric_values(relation, numerators, denominators, keys=['month']) }}

    union all

    {% endfor -%}

    select * from {{ ref('int_customer_metrics') }}

),

measured as (

    select * from {{ ref('int_period_metrics') }}

    union all

    select
        monthly.metric,
        months.period_kind,
        months.period_start,
        months.period_end,
        months.comparison,
        monthly.dimension,
        monthly.dimension_value,
        monthly.numerator,
        monthly.denominator

    from monthly
    inner join months on monthly.month = months.first_day

),

compared as (

    select
        metric,
        period_kind,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {% for comparison, prefix in [('current', ''), ('previous', 'previous_'), ('year_ago', 'year_ago_')] -%}
        max(case when comparison = '{{ comparison }}' then numerator end) as {{ prefix }}numerator,
        max(case when comparison = '{{ comparison }}' then denominator end) as {{ prefix }}denominator
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from measured

    where numerator is not null and coalesce(denominator > 0, true)

    group by metric, period_kind, period_start, period_end, dimension, dimension_value

),

final as (

    select
        compared.metric,
        compared.period_kind,
        compared.period_start,
        compared.period_end,
        compared.dimension,
        compared.dimension_value,
        -- without an order in this period, a count that had some in the other is 0
        coalesce(compared.numerator, 0) as numerator,
        compared.denominator,
        compared.previous_numerator,
        compared.previous_denominator,
        compared.year_ago_numerator,
        compared.year_ago_denominator,
        -- metrics as of a day are complete immediately; the day of as_of_date may still be running
        metrics.maturity_days is null or (
            as_of.as_of_date >= {{ dbt.dateadd('day', 'metrics.maturity_days', 'compared.period_end') }}
            and (compared.period_kind <> 'day' or compared.period_end < as_of.as_of_date)
        ) as is_complete

    from compared
    inner join {{ ref('metrics') }} as metrics on compared.metric = metrics.metric
    cross join {{ ref('int_as_of') }} as as_of

    where
        (compared.numerator is not null or metrics.denominator is null)
        and (metrics.has_all_periods or compared.period_kind = 'month')

)

select * from final
