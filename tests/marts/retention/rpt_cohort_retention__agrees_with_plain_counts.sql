-- The months of each value of each dimension have the customers who ordered in them, counted order by order. on_or_after
-- never increases from one month to the next and is never below the customers of the month itself.
with dimensions as (

    select code as cohort_dimension
    from {{ ref('labels') }}
    where code_type = 'cohort_dimension'

),

cohorts as (

    select
        cohorts.customer_id,
        cohorts.cohort_month,
        dimensions.cohort_dimension,
        case dimensions.cohort_dimension
            when 'channel' then cohorts.channel
            when 'acquisition_source' then cohorts.acquisition_source
            when 'first_category' then cohorts.first_category
            when 'first_order_discounted' then cohorts.first_order_discounted
            when 'first_price_level' then cohorts.first_price_level
            when 'city_tier' then cohorts.city_tier
            else 'all'
        end as cohort_value

    from {{ ref('int_customer_cohorts') }} as cohorts
    cross join dimensions

),

orders as (

    select
        cohorts.*,
        fct_orders.net_amount,
        -- between first days of months, because Spark counts only full months
        {{
            dbt.datediff('cohorts.cohort_month', "cast(date_trunc('month', fct_orders.order_date) as date)", 'month')
        }} as months_later

    from {{ ref('fct_orders') }} as fct_orders
    inner join cohorts on fct_orders.customer_id = cohorts.customer_id

    where fct_orders.is_valid

),

counted as (

    select
        cohort_month,
        cohort_dimension,
        cohort_value,
        months_later,
        count(distinct customer_id) as customers,
        sum(net_amount) as net_amount

    from orders

    group by cohort_month, cohort_dimension, cohort_value, months_later

),

months as (

    select
        calendar.cohort_month,
        calendar.cohort_dimension,
        calendar.cohort_value,
        calendar.period_number,
        calendar.retained_customers,
        calendar.net_amount,
        unbounded.retained_customers as customers_on_or_after,
        lag(unbounded.retained_customers) over (
            partition by calendar.cohort_month, calendar.cohort_dimension, calendar.cohort_value
            order by calendar.period_number
        ) as customers_before

    from {{ ref('rpt_cohort_retention') }} as calendar
    left join {{ ref('rpt_cohort_retention') }} as unbounded
        on
            calendar.cohort_month = unbounded.cohort_month
            and calendar.cohort_dimension = unbounded.cohort_dimension
            and calendar.cohort_value = unbounded.cohort_value
            and calendar.period_number = unbounded.period_number
            and unbounded.retention_kind = 'on_or_after'

    where calendar.retention_kind = 'calendar_month'

)

select
    months.*,
    counted.customers,
    counted.net_amount as counted_net_amount

from months
full outer join counted
    on
        months.cohort_month = counted.cohort_month
        and months.cohort_dimension = counted.cohort_dimension
        and months.cohort_value = counted.cohort_value
        and months.period_number = counted.months_later

where
    months.cohort_month is null
    or months.retained_customers <> coalesce(counted.customers, 0)
    or months.net_amount <> coalesce(counted.net_amount, 0)
    or months.customers_on_or_after is null
    or months.customers_on_or_after < months.retained_customers
    or months.customers_on_or_after > months.customers_before
