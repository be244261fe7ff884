{%- set dimensions = [
    'everyone', 'channel', 'acquisition_source', 'first_category', 'first_order_discounted', 'city_tier'
] -%}

with cohorts as (

    select * from {{ ref('int_customer_cohorts') }}

),

activity as (

    select
        cohorts.cohort_month,
        'all' as everyone,
        cohorts.channel,
        cohorts.acquisition_source,
        cohorts.first_category,
        cohorts.first_order_discounted,
        cohorts.city_tier,
        periods.retention_kind,
        periods.period_number,
        periods.is_last_month,
        periods.net_amount

    from {{ ref('int_customer_periods') }} as periods
    inner join cohorts on periods.customer_id = cohorts.customer_id

),

summed as (

    {% for dimension in dimensions -%}
    select
        cohort_month,
        '{{ "all" if dimension == "everyone" else dimension }}' as cohort_dimension,
        {{ dimension }} as cohort_value,
        retention_kind,
        period_number,
        count(*) as customers,
        sum(is_last_month) as last_customers,
        sum(net_amount) as net_amount

    from activity

    group by cohort_month, {{ dimension }}, retention_kind, period_number
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

final as (

    select
        cohort_month,
        cohort_dimension,
        cohort_value,
        retention_kind,
        period_number,
        customers,
        net_amount

    from summed

    union all

    -- whoever ordered in a month or later had the last month with an order then or later
    select
        cohort_month,
        cohort_dimension,
        cohort_value,
        'on_or_after' as retention_kind,
        period_number,
        last_customers as customers,
        net_amount

    from summed

    where retention_kind = 'calendar_month'

)

select * from final
