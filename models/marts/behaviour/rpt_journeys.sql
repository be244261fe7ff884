with journeys as (

    select
        journey,
        count(*) as customers,
        sum(orders) as orders,
        sum(net_amount) as net_amount,
        sum(case when orders >= 2 then 1 else 0 end) as repeat_customers,
        {{ median('days_to_order') }} as median_days_to_order

    from {{ ref('int_customer_journeys') }}

    group by journey

),

-- journeys nobody took stand with 0
labels as (

    select * from {{ ref('labels') }}
    where code_type = 'journey'

),

final as (

    select
        labels.code as journey,
        labels.label_en as journey_en,
        labels.label_zh as journey_zh,
        cast(coalesce(journeys.customers, 0) as bigint) as customers,
        cast(coalesce(sum(journeys.customers) over (), 0) as bigint) as all_customers,
        {{ share('coalesce(journeys.customers, 0)', 'sum(journeys.customers) over ()') }} as customer_share,
        cast(coalesce(journeys.orders, 0) as bigint) as orders,
        cast(coalesce(journeys.net_amount, 0) as numeric(18, 2)) as net_amount,
        {{ mean_amount('journeys.net_amount', 'journeys.orders') }} as average_order_amount,
        cast(coalesce(journeys.repeat_customers, 0) as bigint) as repeat_customers,
        {{ share('journeys.repeat_customers', 'journeys.customers') }} as repurchase_rate,
        journeys.median_days_to_order

    from labels
    left join journeys on labels.code = journeys.journey

)

select * from final
