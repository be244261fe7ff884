with as_of as (

    select
        as_of_date,
        cast(as_of_date + interval '1' day as date) as next_date

    from {{ ref('int_as_of') }}

),

cohorts as (

    select distinct cohort_month from {{ ref('int_customer_cohorts') }}

),

first_cohort as (

    select min(cohort_month) as first_month from cohorts

),

days as (

    select
        {{ time_series('cast(first_cohort.first_month as timestamp)', 'cast(as_of.as_of_date as timestamp)', 'day') }} as day

    from first_cohort
    cross join as_of

    where first_cohort.first_month is not null

),

-- there are never more periods than days
numbers as (

    select row_number() over (order by day) - 1 as period_number
    from days

),

spans as (

    select
        cohorts.cohort_month,
        {{ dbt.datediff('cohorts.cohort_month', 'as_of.as_of_date', 'month') }} as months_begun,
        {{ dbt.datediff('cohorts.cohort_month', 'as_of.next_date', 'month') }} as months_over,
        {{ dbt.datediff('cohorts.cohort_month', 'as_of.as_of_date', 'day') }} as days_of_first_customer,
        {{
            dbt.datediff("cast(cohorts.cohort_month + interval '1' month as date)", 'as_of.next_date', 'day')
        }} as days_of_last_customer

    from cohorts
    cross join as_of

),

final as (

    {% for kind in ['calendar_month', 'on_or_after'] -%}
    select
        spans.cohort_month,
        '{{ kind }}' as retention_kind,
        numbers.period_number,
        numbers.period_number < spans.months_over as is_mature

    from spans
    inner join numbers on spans.months_begun >= numbers.period_number

    union all

    {% endfor -%}

    select
        spans.cohort_month,
        'rolling_30d' as retention_kind,
        numbers.period_number,
        30 * numbers.period_number <= spans.days_of_last_customer as is_mature

    from spans
    inner join numbers on spans.days_of_first_customer > 30 * (numbers.period_number - 1)

)

select * from final
