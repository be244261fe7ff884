with personas as (

    select * from {{ ref('int_customer_personas') }}

),

centres as (

    select distinct
        persona,
        first_trait,
        second_trait,
        namesake

    from personas

),

customers as (

    select
        personas.persona,
        features.*,
        churn_features.visits_90d

    from personas
    inner join {{ ref('int_as_of') }} as as_of on true
    inner join {{ ref('int_order_features') }} as features
        on as_of.as_of_date = features.snapshot_date and personas.customer_id = features.customer_id
    left join {{ ref('int_churn_features') }} as churn_features
        on features.snapshot_date = churn_features.snapshot_date and features.customer_id = churn_features.customer_id

),

measured as (

    select
        customers.persona,
        count(*) as customers,
        sum(customers.recency_days) as recency_days,
        sum(customers.orders_365d) as orders_365d,
        sum(customers.mean_day_amount) as mean_day_amount,
        sum(customers.observed_days) as observed_days,
        sum(customers.discounted_share) as discounted_share,
        sum(customers.returned_share) as returned_share,
        sum(coalesce(customers.visits_90d, 0)) as visits_90d

    from customers

    group by customers.persona

),

totals as (

    select count(*) as all_customers
    from customers

),

final as (

    select
        centres.persona,
        first_traits.label_en || ', ' || second_traits.label_en
        || case when centres.namesake > 1 then ' ' || centres.namesake else '' end as persona_en,
        first_traits.label_zh || '、' || second_traits.label_zh
        || case when centres.namesake > 1 then ' ' || centres.namesake else '' end as persona_zh,
        cast(coalesce(measured.customers, 0) as integer) as customers,
        cast(totals.all_customers as integer) as all_customers,
        {{ safe_divide('coalesce(measured.customers, 0)', 'totals.all_customers') }} as customer_share,
        {{ average_amount('measured.recency_days', 'measured.customers') }} as mean_recency_days,
        {{ average_amount('measured.orders_365d', 'measured.customers') }} as mean_orders_365d,
        {{ average_amount('measured.mean_day_amount', 'measured.customers') }} as mean_order_amount,
        {{ average_amount('measured.observed_days', 'measured.customers') }} as mean_tenure_days,
        {{ safe_divide('measured.discounted_share', 'measured.customers') }} as mean_discounted_share,
        {{ safe_divide('measured.returned_share', 'measured.customers') }} as mean_returned_share,
        {{ average_amount('measured.visits_90d', 'measured.customers') }} as mean_sessions_90d

    from centres
    cross join totals
    left join measured on centres.persona = measured.persona
    left join {{ ref('labels') }} as first_traits
        on first_traits.code_type = 'persona_trait' and centres.first_trait = first_traits.code
    left join {{ ref('labels') }} as second_traits
        on second_traits.code_type = 'persona_trait' and centres.second_trait = second_traits.code

)

select * from final
