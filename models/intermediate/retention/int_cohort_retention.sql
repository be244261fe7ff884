{%- set dimensions = ['channel', 'acquisition_source', 'first_category', 'first_order_discounted', 'first_price_level', 'city_tier'] -%}

with orders as (

    select
        purchases.customer_id,
        purchases.net_amount,
        {{
            dbt.datediff('cohorts.cohort_month', "cast(date_trunc('month', purchases.order_date) as date)", 'month')
        }} as months_later,
        {{ dbt.datediff('cohorts.first_order_date', 'purchases.order_date', 'day') }} as days_later

    from {{ ref('int_purchases') }} as purchases
    inner join {{ ref('int_customer_cohorts') }} as cohorts on purchases.customer_id = cohorts.customer_id

),

-- rolling_30d: period 0 is the first order day, period 1 the 30 days after it
order_periods as (

    select
        customer_id,
        'calendar_month' as retention_kind,
        cast(months_later as integer) as period_number,
        net_amount

    from orders

    union all

    select
        customer_id,
        'rolling_30d' as retention_kind,
        cast(ceil(days_later / 30.0) as integer) as period_number,
        net_amount

    from orders

),

customer_periods as (

    select
        customer_id,
        retention_kind,
        period_number,
        row_number() over (partition by customer_id, retention_kind order by period_number desc) as periods_left,
        sum(net_amount) as net_amount

    from order_periods

    group by customer_id, retention_kind, period_number

),

activity as (

    select
        cohorts.cohort_month,
        cohorts.is_left_truncated,
        periods.retention_kind,
        periods.period_number,
        {{ dimension_columns(dimensions) }},
        count(*) as customers,
        sum(case when periods.periods_left = 1 then 1 else 0 end) as last_seen_customers,
        sum(periods.net_amount) as net_amount

    from customer_periods as periods
    inner join {{ ref('int_customer_cohorts') }} as cohorts on periods.customer_id = cohorts.customer_id

    group by {{ dimension_groups('cohorts.cohort_month, cohorts.is_left_truncated, periods.retention_kind, periods.period_number', dimensions) }} -- noqa: PRS

),

cohort_days as (

    select
        activity.cohort_month,
        activity.is_left_truncated,
        activity.dimension,
        activity.dimension_value,
        activity.customers as cohort_customers,
        {{ dbt.datediff('activity.cohort_month', 'as_of.as_of_date', 'day') }} as days_of_first_customer,
        {{ dbt.datediff(
            "cast(activity.cohort_month + interval '1' month - interval '1' day as date)", 'as_of.as_of_date', 'day'
        ) }} as days_of_last_customer,
        {{ dbt.datediff('activity.cohort_month', 'as_of.as_of_date', 'month') }} as months_begun,
        {{ dbt.datediff(
            'activity.cohort_month', "cast(as_of.as_of_date + interval '1' day as date)", 'month'
        ) }} as months_over

    from activity
    cross join {{ ref('int_as_of') }} as as_of

    where activity.retention_kind = 'calendar_month' and activity.period_number = 0

),

-- every period that has started for a customer of the first day of the month; mature once over for one of the last day
periods as (

    select
        cohort_days.*,
        'calendar_month' as retention_kind,
        {{ number_series(0, 'cast(months_begun as integer)') }} as period_number

    from cohort_days

    union all

    select
        cohort_days.*,
        'rolling_30d' as retention_kind,
        {{ number_series(0, 'cast(ceil(days_of_first_customer / 30.0) as integer)') }} as period_number

    from cohort_days

),

measured as (

    select
        periods.cohort_month,
        periods.is_left_truncated,
        periods.dimension,
        periods.dimension_value,
        periods.retention_kind,
        periods.period_number,
        case
            when periods.retention_kind = 'calendar_month' then periods.period_number < periods.months_over
            else 30 * periods.period_number <= periods.days_of_last_customer
        end as is_mature,
        periods.cohort_customers,
        coalesce(activity.customers, 0) as retained_customers,
        coalesce(activity.last_seen_customers, 0) as last_seen_customers,
        coalesce(activity.net_amount, 0) as net_amount

    from periods
    left join activity
        on
            periods.cohort_month = activity.cohort_month
            and periods.dimension = activity.dimension
            and periods.dimension_value = activity.dimension_value
            and periods.retention_kind = activity.retention_kind
            and periods.period_number = activity.period_number

),

final as (

    select
        measured.*,
        not is_left_truncated
        or not bool_or(is_mature and not is_left_truncated) over (partition by retention_kind, period_number) as is_in_totals

    from measured

)

select * from final
