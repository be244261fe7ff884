{{ config(materialized='view') }}

with cohorts as (

    select * from {{ ref('int_customer_cohorts') }}

),

months as (

    select
        cohorts.customer_id,
        {{ dbt.datediff('cohorts.cohort_month', 'customer_months.month', 'month') }} as period_number,
        case when customer_months.next_month is null then 1 else 0 end as is_last_month,
        customer_months.net_amount

    from {{ ref('int_customer_months') }} as customer_months
    inner join cohorts on customer_months.customer_id = cohorts.customer_id

),

order_ages as (

    select
        cohorts.customer_id,
        {{ dbt.datediff('cohorts.first_order_date', 'purchases.order_date', 'day') }} as days_since_first_order,
        purchases.net_amount

    from {{ ref('int_purchases') }} as purchases
    inner join cohorts on purchases.customer_id = cohorts.customer_id

),

-- period 0 is the day of the first order, period 1 the 30 days after it
numbered_ages as (

    select
        customer_id,
        cast(ceil(days_since_first_order / 30.0) as integer) as period_number,
        net_amount

    from order_ages

),

final as (

    select
        customer_id,
        'calendar_month' as retention_kind,
        period_number,
        is_last_month,
        net_amount

    from months

    union all

    select
        customer_id,
        'rolling_30d' as retention_kind,
        period_number,
        0 as is_last_month,
        sum(net_amount) as net_amount

    from numbered_ages

    group by customer_id, period_number

)

select * from final
