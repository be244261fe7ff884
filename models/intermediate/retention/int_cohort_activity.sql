with cohorts as (

    select * from {{ ref('int_customer_cohorts') }}

),

customer_months as (

    select
        cohorts.customer_id,
        {{ dbt.datediff('cohorts.cohort_month', 'customer_months.month', 'month') }} as period_number,
        customer_months.net_amount,
        case when customer_months.next_month is null then 1 else 0 end as is_last_month

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

customer_periods as (

    select
        'calendar_month' as retention_kind,
        customer_id,
        period_number,
        1 as customers,
        net_amount

    from customer_months

    union all

    -- whoever ordered in a month or later did so in their last month or before it
    select
        'on_or_after' as retention_kind,
        customer_id,
        period_number,
        is_last_month as customers,
        net_amount

    from customer_months

    union all

    select
        'rolling_30d' as retention_kind,
        customer_id,
        period_number,
        1 as customers,
        sum(net_amount) as net_amount

    from numbered_ages

    group by customer_id, period_number

),

final as (

    select
        cohorts.cohort_month,
        cohorts.channel,
        cohorts.acquisition_source,
        cohorts.first_category,
        cohorts.first_order_discounted,
        cohorts.city_tier,
        customer_periods.retention_kind,
        customer_periods.period_number,
        sum(customer_periods.customers) as customers,
        sum(customer_periods.net_amount) as net_amount

    from customer_periods
    inner join cohorts on customer_periods.customer_id = cohorts.customer_id

    group by
        cohorts.cohort_month,
        cohorts.channel,
        cohorts.acquisition_source,
        cohorts.first_category,
        cohorts.first_order_discounted,
        cohorts.city_tier,
        customer_periods.retention_kind,
        customer_periods.period_number

)

select * from final
